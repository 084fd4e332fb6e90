/** What a client may rely on afterwards: its cursor in a stream, and what a failure said. Pure. */
import type { Check } from "./checker.ts";
import {
  type Call,
  chatOf,
  deleted,
  type History,
  logsOf,
  type MessageRow,
  turnsOf,
  type UsageRow,
} from "./history.ts";

/** A dependency that is down right now; a retry gets the rest. */
const UNAVAILABLE = new Set([502, 503, 504]);

const show = (call: Call) => `${call.kind} of ${chatOf(call)} after ${call.after} → ${call.status}`;

/** Resuming from a received event returns the rest of its turn; only after the last is there none. */
function resumedGetsTheRest(history: History): string[] {
  const gone = deleted(history);
  const logs = logsOf(history);
  const isLast = ({ chatId = "", after }: Call) =>
    logs.get(chatId)?.some(({ id, name }) => id === after && name === "stream_complete") ?? false;
  const isServed = (call: Call) =>
    call.status === 200 ||
    UNAVAILABLE.has(call.status) ||
    (call.status === 204 && isLast(call)) ||
    (call.status === 0 && history.crashes.length > 0);
  return history.calls
    .filter(({ kind, after }) => kind === "resume" && after !== undefined)
    .filter((call) => !gone.has(call.chatId) && !isServed(call))
    .map(show);
}

/** Once everything works again, every turn can be read from its first event to its end. */
function turnsCanBeReadAgain(history: History): string[] {
  const gone = deleted(history);
  const isWhole = ({ end, events }: Call) =>
    end === "closed" && events?.at(-1)?.name === "stream_complete";
  return [...logsOf(history)]
    .filter(([chatId]) => !gone.has(chatId))
    .flatMap(([chatId, log]) => {
      const again = history.calls.filter((call) => call.chatId === chatId && isWhole(call));
      const firsts = turnsOf(log).filter((events) => events.length > 1);
      return firsts
        .map(([first]) => first?.id)
        .filter((id) => !again.some(({ after }) => after === id))
        .map((id) => `${chatId}: the turn of ${id} cannot be read again`);
    });
}

/** The status of an answer by the code of its error; save_delayed means that it is yet to be saved. */
const ENDS: Record<string, MessageRow["status"][]> = {
  ai_unavailable: ["failed"],
  ai_overloaded: ["failed"],
  ai_timeout: ["failed"],
  turn_interrupted: ["interrupted"],
  save_delayed: ["complete", "stopped"],
};

/** A lost turn may also be reported as saved late. */
function endsOf(code: string, { crashes }: History): MessageRow["status"][] {
  const ends = ENDS[code] ?? [];
  return code === "save_delayed" && crashes.length > 0 ? [...ends, "interrupted"] : ends;
}

/** A failed answer names its user message and the answer, and both exist. */
function failedIsStored(history: History): string[] {
  const gone = deleted(history);
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.calls
    .filter(({ status, body }) => status >= 500 && ENDS[body?.code])
    .filter((call) => !gone.has(chatOf(call)))
    .filter(({ body }) => {
      const answer = rows.get(body.message_id);
      const isReported = answer && endsOf(body.code, history).includes(answer.status);
      return !isReported || answer.parent_id !== body.user_message_id;
    })
    .map(({ body }) => `${body.code} of ${body.message_id}: ${rows.get(body.message_id)?.status}`);
}

/**
 * The provider is called once for each answer, however often it is sent: there is no failover here. A call that an open
 * room made beside a commit, and cancelled, comes on top.
 */
function providerIsCalledOnce({ asked, rows: { messages, usage } }: History): string[] {
  const times = Map.groupBy(asked, (content) => content);
  let cancelled = usage.filter((row) => isCancelled(row, usage)).length;
  return messages
    .filter(({ type }) => type === "user")
    .flatMap(({ id, content }) => {
      const answers = messages.filter((row) => row.parent_id === id && row.type === "bot").length;
      const requests = times.get(content)?.length ?? 0;
      const more = Math.max(0, requests - answers);
      cancelled -= more;
      return more === 0 || cancelled >= 0
        ? []
        : [`${content}: ${requests} calls for ${answers} answers`];
    });
}

/** Paid by an estimate: of a turn that did not begin, or before the call that the turn has made. */
function isCancelled(row: UsageRow, usage: readonly UsageRow[]): boolean {
  const { kind, estimated, message_id: id, attempt } = row;
  if (kind !== "answer" || !estimated || attempt !== 1) return false;
  return id === null || usage.some((row) => row.message_id === id && row.attempt === 2);
}

export const promisedIsKept: Record<string, Check> = {
  resumedGetsTheRest,
  turnsCanBeReadAgain,
  failedIsStored,
  providerIsCalledOnce,
};
