/** What a client may count on afterwards: its place in a stream, and what a failure told it. Pure. */
import type { Check } from "./checker.ts";
import {
  type Call,
  chatOf,
  deleted,
  type History,
  logsOf,
  type MessageRow,
  turnsOf,
} from "./history.ts";

/** A dependency that is down right now; whoever comes back gets the rest. */
const UNAVAILABLE = new Set([502, 503, 504]);

const show = (call: Call) => `${call.kind} of ${chatOf(call)} after ${call.after} → ${call.status}`;

/** Whoever names an event that was told gets the rest of its turn; only after the last is there none. */
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

/** How the answer ended that a failure speaks of; save_delayed says that it is yet to be saved. */
const ENDS: Record<string, MessageRow["status"][]> = {
  ai_unavailable: ["failed"],
  ai_overloaded: ["failed"],
  ai_timeout: ["failed"],
  turn_interrupted: ["interrupted"],
  save_delayed: ["complete", "stopped"],
};

/** A turn that was lost may be told to be saved late too. */
function endsOf(code: string, { crashes }: History): MessageRow["status"][] {
  const ends = ENDS[code] ?? [];
  return code === "save_delayed" && crashes.length > 0 ? [...ends, "interrupted"] : ends;
}

/** A failed answer names the question and the answer that it left, and both are there. */
function failedIsStored(history: History): string[] {
  const gone = deleted(history);
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.calls
    .filter(({ status, body }) => status >= 500 && ENDS[body?.code])
    .filter((call) => !gone.has(chatOf(call)))
    .filter(({ body }) => {
      const answer = rows.get(body.message_id);
      const isTold = answer && endsOf(body.code, history).includes(answer.status);
      return !isTold || answer.parent_id !== body.user_message_id;
    })
    .map(({ body }) => `${body.code} of ${body.message_id}: ${rows.get(body.message_id)?.status}`);
}

/** Each answer is asked of the provider once, however often it is sent: there is no other to fail over to. */
function nobodyIsAskedTwice({ asked, rows: { messages } }: History): string[] {
  const times = Map.groupBy(asked, (content) => content);
  return messages
    .filter(({ type }) => type === "user")
    .flatMap(({ id, content }) => {
      const answers = messages.filter((row) => row.parent_id === id && row.type === "bot").length;
      const requests = times.get(content)?.length ?? 0;
      return requests <= answers ? [] : [`${content}: asked ${requests} times for ${answers}`];
    });
}

export const promisedIsKept: Record<string, Check> = {
  resumedGetsTheRest,
  turnsCanBeReadAgain,
  failedIsStored,
  nobodyIsAskedTwice,
};
