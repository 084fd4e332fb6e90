/** What every stream must have been, alone and beside the others of its chat. Pure. */
import type { Check } from "./checker.ts";
import {
  type Call,
  chatOf,
  deleted,
  type History,
  logsOf,
  type MessageRow,
  type SeenEvent,
  turnsOf,
} from "./history.ts";

const ORDER =
  /^user_message,ai_message_start,((reasoning|content)_delta,)*(citations,)?(turn_error,)?ai_message_complete,(chat_name,)?stream_complete,$/;
/**
 * A crash may lose events since the last write: the end is emitted again then, and a subscriber that did
 * not see the beginning before never does. A turn that turns out never to have begun just ends.
 */
const ORDER_AFTER_CRASH =
  /^(user_message,(ai_message_start,)?((reasoning|content)_delta,)*(citations,)?)?(turn_error,)?(ai_message_complete,(chat_name,)?)?(turn_error,)?ai_message_complete,(chat_name,)?stream_complete,$|^stream_complete,$/;

const streamsOf = ({ calls }: History) =>
  calls.filter((call): call is Call & { events: SeenEvent[] } => call.events !== undefined);

const show = (call: Call) => `${call.kind} of ${chatOf(call)} after ${call.after ?? "its start"}`;

const isNumbered = (event: SeenEvent | undefined) => event !== undefined && !Number.isNaN(event.id);

/** How many ids a list skips, counting from the one before it. */
function gapsOf(ids: number[], before?: number): number {
  const all = before === undefined ? ids : [before, ...ids];
  return all.filter((id, index) => index > 0 && id !== (all[index - 1] ?? 0) + 1).length;
}

/** A subscriber gets the deletion of its chat under ids that belong to no turn. */
function beforeDeletion(events: SeenEvent[]): SeenEvent[] {
  const end = events.findIndex(({ data }) => data.code === "chat_deleted");
  return end < 0 ? events : events.slice(0, end);
}

/** Ids are contiguous, with one gap at most, and that only where the process was killed. */
function idsAreContiguous(history: History): string[] {
  const most = history.crashes.length > 0 ? 1 : 0;
  return streamsOf(history)
    .filter(({ events }) => isNumbered(events[0]))
    .filter(({ events, after }) => {
      const ids = beforeDeletion(events).map(({ id }) => id);
      const grows = ids.every((id, index) => id > (ids[index - 1] ?? after ?? 0));
      return !grows || gapsOf(ids, after) > most;
    })
    .map(({ events, ...call }) => `${show(call)}: ${events.map(({ id }) => id).join(" ")}`);
}

/** The same id is the same event, for every subscriber and at any time. */
function idsHaveOneContent(history: History): string[] {
  const known = new Map<string, string>();
  return streamsOf(history).flatMap((call) =>
    call.events.filter(isNumbered).flatMap(({ id, name, data }) => {
      const key = `${chatOf(call)} ${id}`;
      const content = `${name} ${JSON.stringify(data)}`;
      const before = known.get(key) ?? content;
      known.set(key, before);
      return before === content ? [] : [`${key}: ${before} and ${content}`];
    }),
  );
}

/** A stream that the server closed has one end event, as its last. Deletion closes it without one. */
function streamsEndOnce(history: History): string[] {
  const gone = deleted(history);
  return streamsOf(history)
    .filter((call) => {
      const ends = call.events.filter(({ name }) => name === "stream_complete").length;
      const isLast = call.events.at(-1)?.name === "stream_complete";
      const isCut = call.end !== "closed" || gone.has(chatOf(call));
      return isCut ? ends > 1 || (ends === 1 && !isLast) : ends !== 1 || !isLast;
    })
    .map((call) => `${show(call)} (${call.end}): ${call.events.map(({ name }) => name).join(" ")}`);
}

/** Only a crash, or the deletion of its chat, breaks a stream. */
function streamsAreNotBroken(history: History): string[] {
  if (history.crashes.length > 0) return [];
  const gone = deleted(history);
  return streamsOf(history)
    .filter((call) => call.end === "broken" && !gone.has(chatOf(call)))
    .map(show);
}

/** The turns of all existing chats, as far as they were seen. */
function turnsOfAll(history: History) {
  const gone = deleted(history);
  return [...logsOf(history)]
    .filter(([chatId]) => !gone.has(chatId))
    .flatMap(([chatId, log]) => turnsOf(log).map((events) => ({ chatId, events })));
}

/**
 * Together, all subscribers saw a turn in the order of the contract, to its end, without another in
 * between.
 */
function turnsAreInOrder(history: History): string[] {
  return turnsOfAll(history).flatMap(({ chatId, events }) => {
    const names = events.map(({ name }) => `${name},`).join("");
    const gaps = gapsOf(events.map(({ id }) => id));
    const order = history.crashes.length > 0 ? ORDER_AFTER_CRASH : ORDER;
    if (order.test(names) && gaps <= (history.crashes.length > 0 ? 1 : 0)) return [];
    return [`${chatId} ${events.map(({ id }) => id).join(" ")}: ${names}`];
  });
}

/** The joined text of subscribers is the stored text; for a lost turn, the text in its end. */
function textIsStored(history: History): string[] {
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return turnsOfAll(history).flatMap(({ chatId, events }) => {
    const end = events.findLast(({ name }) => name === "ai_message_complete")?.data.message;
    const row = rows.get(end?.id ?? "");
    if (!end) return [];
    if (!row) return [`${chatId}: the answer ${end.id} is missing`];
    const joined = textOf(events);
    const isWhole = gapsOf(events.map(({ id }) => id)) === 0 && row.status !== "interrupted";
    if (row.status !== end.status)
      return isUnsure(history, events, row)
        ? []
        : [`${row.id} was emitted as ${end.status}, and is ${row.status}`];
    if (isWhole && joined !== row.content) return [`${row.id}: ${joined} is not ${row.content}`];
    const reported = end.content ?? (row.status === "interrupted" ? undefined : row.content);
    return reported === row.content
      ? []
      : [`${row.id} was emitted as ${reported}, and is ${row.content}`];
  });
}

/**
 * A room that cannot read the end of a lost turn from Postgres emits the answer as far as it knows it, and
 * that this is yet to be saved: there may be more of it.
 */
function isUnsure({ crashes }: History, events: SeenEvent[], row: MessageRow): boolean {
  const isDelayed = events.some(({ data }) => data.code === "save_delayed");
  const end = events.findLast(({ name }) => name === "ai_message_complete")?.data.message;
  const isPart = end?.status === "interrupted" && row.content.startsWith(end.content);
  return crashes.length > 0 && isDelayed && isPart;
}

function textOf(events: SeenEvent[]): string {
  return events
    .filter(({ name }) => name === "content_delta")
    .map(({ data }) => data.content)
    .join("");
}

export const streamsAreWhole: Record<string, Check> = {
  idsAreContiguous,
  idsHaveOneContent,
  streamsEndOnce,
  streamsAreNotBroken,
  turnsAreInOrder,
  textIsStored,
};
