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
 * In a crash the log may lose whatever was told since the last write: the end is told again then, and
 * whoever did not see the beginning before never does. What turns out never to have begun just ends.
 */
const ORDER_AFTER_CRASH =
  /^(user_message,(ai_message_start,)?((reasoning|content)_delta,)*(citations,)?)?(turn_error,)?(ai_message_complete,(chat_name,)?)?(turn_error,)?ai_message_complete,(chat_name,)?stream_complete,$|^stream_complete,$/;

const streamsOf = ({ calls }: History) =>
  calls.filter((call): call is Call & { events: SeenEvent[] } => call.events !== undefined);

const show = (call: Call) => `${call.kind} of ${chatOf(call)} after ${call.after ?? "its start"}`;

const isNumbered = (event: SeenEvent | undefined) => event !== undefined && !Number.isNaN(event.id);

/** How many places of a list of ids are left out, counting from the one before it. */
function gapsOf(ids: number[], before?: number): number {
  const all = before === undefined ? ids : [before, ...ids];
  return all.filter((id, index) => index > 0 && id !== (all[index - 1] ?? 0) + 1).length;
}

/** Whoever reads a turn while its chat is deleted is told so under ids that belong to no turn. */
function beforeDeletion(events: SeenEvent[]): SeenEvent[] {
  const end = events.findIndex(({ data }) => data.code === "chat_deleted");
  return end < 0 ? events : events.slice(0, end);
}

/** Ids go up one by one, with one gap at most, and that only where the process was killed. */
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

/** The same id is the same event, whoever reads it, and when. */
function idsHaveOneContent(history: History): string[] {
  const known = new Map<string, string>();
  return streamsOf(history).flatMap((call) =>
    call.events.filter(isNumbered).flatMap(({ id, name, data }) => {
      const place = `${chatOf(call)} ${id}`;
      const content = `${name} ${JSON.stringify(data)}`;
      const before = known.get(place) ?? content;
      known.set(place, before);
      return before === content ? [] : [`${place}: ${before} and ${content}`];
    }),
  );
}

/** A stream that the server ended has told the end, once and last. Deletion ends it without a word. */
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

/** Nothing but a crash, or the end of its chat, breaks a stream. */
function streamsAreNotBroken(history: History): string[] {
  if (history.crashes.length > 0) return [];
  const gone = deleted(history);
  return streamsOf(history)
    .filter((call) => call.end === "broken" && !gone.has(chatOf(call)))
    .map(show);
}

/** The turns of all chats that are there, as far as they were seen. */
function turnsOfAll(history: History) {
  const gone = deleted(history);
  return [...logsOf(history)]
    .filter(([chatId]) => !gone.has(chatId))
    .flatMap(([chatId, log]) => turnsOf(log).map((events) => ({ chatId, events })));
}

/** All readers together saw a turn in the order of the contract, to its end, and no other in between. */
function turnsAreInOrder(history: History): string[] {
  return turnsOfAll(history).flatMap(({ chatId, events }) => {
    const names = events.map(({ name }) => `${name},`).join("");
    const gaps = gapsOf(events.map(({ id }) => id));
    const order = history.crashes.length > 0 ? ORDER_AFTER_CRASH : ORDER;
    if (order.test(names) && gaps <= (history.crashes.length > 0 ? 1 : 0)) return [];
    return [`${chatId} ${events.map(({ id }) => id).join(" ")}: ${names}`];
  });
}

/** The text that readers joined is the text that is stored; of a lost turn, what its end told is. */
function textIsStored(history: History): string[] {
  const rows = new Map(history.rows.messages.map((row) => [row.id, row]));
  return turnsOfAll(history).flatMap(({ chatId, events }) => {
    const end = events.findLast(({ name }) => name === "ai_message_complete")?.data.message;
    const row = rows.get(end?.id ?? "");
    if (!end) return [];
    if (!row) return [`${chatId}: the answer ${end.id} is not there`];
    const joined = textOf(events);
    const isWhole = gapsOf(events.map(({ id }) => id)) === 0 && row.status !== "interrupted";
    if (row.status !== end.status)
      return isUnsure(history, events, row)
        ? []
        : [`${row.id} was told ${end.status}, and is ${row.status}`];
    if (isWhole && joined !== row.content) return [`${row.id}: ${joined} is not ${row.content}`];
    const told = end.content ?? (row.status === "interrupted" ? undefined : row.content);
    return told === row.content ? [] : [`${row.id} was told ${told}, and is ${row.content}`];
  });
}

/**
 * A room that cannot ask Postgres for the end of a lost turn tells how far it knows the answer, and that this
 * is yet to be saved: there may be more of it.
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
