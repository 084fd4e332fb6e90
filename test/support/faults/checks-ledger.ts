/** Whether the ledger adds up, to the last pico-dollar, once everything has settled. Pure. */
import type { Check } from "./checker.ts";
import { type CountedCall, doomed, type History, type Sums, type UsageRow } from "./history.ts";

const callsOf = ({ kind, prompt, completion }: CountedCall) => `${kind} ${prompt}+${completion}`;

/** The sums by day, and those by model and chat, are those of the ledger. */
function sumsAreOfTheLedger({ rows }: History): string[] {
  const ledger: Sums = {
    calls: rows.usage.length,
    tokens: rows.usage.reduce((sum, { prompt, completion }) => sum + prompt + completion, 0),
    cost: String(rows.usage.reduce((sum, { cost }) => sum + BigInt(cost ?? 0), 0n)),
    unpriced: rows.usage.filter(({ cost }) => cost === null).length,
  };
  return Object.entries(rows.sums).flatMap(([table, sums]) =>
    (Object.keys(ledger) as (keyof Sums)[])
      .filter((field) => sums[field] !== ledger[field])
      .map((field) => `${table} has the ${field} ${sums[field]}, the ledger ${ledger[field]}`),
  );
}

/** Every row has the rates that were used, and the cost that follows from them. */
function costsFollowTheRates({ rows }: History): string[] {
  return rows.usage
    .filter((row) => row.cost !== String(costOf(row)))
    .map((row) => `${callsOf(row)} of ${row.message_id} costs ${row.cost}, not ${costOf(row)}`);
}

/** In pico-dollars. A part is paid within the total that it belongs to, at its own rate where it has one. */
function costOf({ prompt, completion, cached, reasoning, rates }: UsageRow): bigint | undefined {
  if (!rates) return undefined;
  const [read, thought] = [Math.min(cached, prompt), Math.min(reasoning, completion)];
  const parts: [number, number][] = [
    [prompt - read, rates.prompt],
    [read, rates.cached ?? rates.prompt],
    [completion - thought, rates.completion],
    [thought, rates.reasoning ?? rates.completion],
  ];
  return parts.reduce((sum, [count, rate]) => sum + BigInt(count) * BigInt(rate), 0n);
}

/** No turn has money reserved any more. */
function nothingStaysReserved({ rows }: History): string[] {
  return rows.reserved.map(({ message_id }) => `${message_id} has a reservation`);
}

/** What a client is shown of an answer's cost is what the ledger has of it. */
function shownCostsAreInTheLedger({ rows }: History): string[] {
  return rows.messages.flatMap(({ id, usage }) => {
    // A call that was never made, or was refused, costs nothing.
    if (!usage || (usage.prompt + usage.completion === 0 && usage.cost === "0")) return [];
    const paid = rows.usage.filter((row) => row.kind === "answer" && row.message_id === id);
    const isPaid = paid.some(
      ({ prompt, completion, cost }) =>
        prompt === usage.prompt && completion === usage.completion && cost === usage.cost,
    );
    return isPaid ? [] : [`${id} shows ${JSON.stringify(usage)}, and has ${JSON.stringify(paid)}`];
  });
}

/** Whatever is billed by a provider's count is a call that the provider has counted, each once. */
function countsAreOfTheProvider({ rows, counted, uncertain }: History): string[] {
  const left = counted.map(callsOf);
  let odd = uncertain;
  return rows.usage
    .filter(({ kind, estimated }) => !estimated && (kind === "answer" || kind === "title"))
    .map(callsOf)
    .filter((billed) => {
      const index = left.indexOf(billed);
      if (index !== -1) left.splice(index, 1);
      return index === -1 && odd-- <= 0;
    })
    .map((billed) => `${billed} was billed, and not counted by the provider`);
}

/** A call whose turn was refused is paid by an estimate. A deleted chat takes the messages from its rows, too. */
function refusedCallsAreEstimated(history: History): string[] {
  if (doomed(history).size > 0) return [];
  return history.rows.usage
    .filter(({ kind, message_id, estimated }) => kind === "answer" && !message_id && !estimated)
    .map((row) => `${callsOf(row)} has no message, and is not estimated`);
}

export const ledgerAddsUp: Record<string, Check> = {
  sumsAreOfTheLedger,
  costsFollowTheRates,
  nothingStaysReserved,
  shownCostsAreInTheLedger,
  countsAreOfTheProvider,
  refusedCallsAreEstimated,
};
