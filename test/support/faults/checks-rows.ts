/** What Postgres must contain, and the API return, once everything has settled. Pure. */
import type { Check } from "./checker.ts";
import { deleted, type History, type MessageRow } from "./history.ts";

/** No answer stays streaming. */
function nothingStaysStreaming({ rows }: History): string[] {
  return rows.messages.filter(({ status }) => status === "streaming").map(({ id }) => id);
}

/** Every attempt has one usage row. */
function usageIsWrittenOnce({ rows }: History): string[] {
  const written = Map.groupBy(
    rows.usage.filter((row) => row.message_id !== null),
    ({ message_id, kind, attempt }) => `${message_id} ${kind} ${attempt}`,
  );
  return [...written].filter(([, same]) => same.length > 1).map(([key]) => key);
}

/**
 * Every call to the provider has a usage row. The call of a repeat that Postgres refused, because another one had
 * begun the turn, is paid by an estimate of the chat, without a message.
 */
function callsAreBilled(history: History): string[] {
  const { messages, usage } = history.rows;
  const asked = Map.groupBy(history.asked, (content) => content);
  const answers = usage.filter(({ kind }) => kind === "answer");
  const refused = answers.filter((row) => row.message_id === null && row.estimated);
  const left = Map.groupBy(refused, (row) => row.chat_id);
  return messages
    .filter(({ type, content }) => type === "user" && asked.has(content))
    .flatMap(({ id, content, chat_id: chatId }) => {
      const ids = new Set(messages.filter((row) => row.parent_id === id).map((row) => row.id));
      const paid = answers.filter((row) => ids.has(row.message_id ?? ""));
      const least = Math.min(asked.get(content)?.length ?? 0, ids.size);
      const missing = Math.max(0, least - paid.length);
      const found = left.get(chatId)?.splice(0, missing).length ?? 0;
      return found === missing ? [] : [`${content}: ${least} calls, ${paid.length} usage rows`];
    });
}

/** A chat counts its messages, and its current message exists. */
function chatsCount({ rows }: History): string[] {
  const counts = Map.groupBy(rows.messages, ({ chat_id }) => chat_id);
  return rows.chats.flatMap(({ id, message_count, current_message_id }) => {
    const own = counts.get(id) ?? [];
    const isPlaced =
      own.length === 0
        ? current_message_id === null
        : own.some((row) => row.id === current_message_id);
    if (!isPlaced) return [`${id} has the current message ${current_message_id}`];
    return message_count === own.length ? [] : [`${id} counts ${message_count} of ${own.length}`];
  });
}

/** Parents are in the same chat, answers are below user messages, and there are no cycles. */
function parentsAreATree({ rows }: History): string[] {
  const byId = new Map(rows.messages.map((row) => [row.id, row]));
  return rows.messages.flatMap((row) => {
    const parent = byId.get(row.parent_id ?? "");
    if (row.parent_id !== null && parent?.chat_id !== row.chat_id)
      return [`${row.id} has a foreign parent`];
    if (row.type === "bot" && parent?.type !== "user") return [`${row.id} answers no user message`];
    return wayUp(byId, row) === undefined ? [`${row.id} is its own ancestor`] : [];
  });
}

/** The ids from the root down to a message; undefined where there is a cycle. */
function wayUp(byId: Map<string, MessageRow>, from: MessageRow | undefined): string[] | undefined {
  const way: string[] = [];
  for (let row = from; row; row = byId.get(row.parent_id ?? "")) {
    if (way.includes(row.id)) return undefined;
    way.unshift(row.id);
  }
  return way;
}

/** The API shows a chat's path, with the stored messages. */
function viewsShowThePath(history: History): string[] {
  const gone = deleted(history);
  const byId = new Map(history.rows.messages.map((row) => [row.id, row]));
  return history.views.flatMap(({ chatId, status, body }) => {
    if (gone.has(chatId)) return [];
    const chat = history.rows.chats.find((row) => row.id === chatId);
    if (status !== 200 || !chat) return [`${chatId} is gone, and was not deleted (${status})`];
    const path = wayUp(byId, byId.get(chat.current_message_id ?? "")) ?? [];
    const stored = path.map((id) => [id, byId.get(id)?.status, byId.get(id)?.content]);
    const shown = body.messages.map((m: MessageRow) => [m.id, m.status, m.content]);
    return JSON.stringify(stored) === JSON.stringify(shown) ? [] : [`${chatId} shows another path`];
  });
}

export const rowsAreWhole: Record<string, Check> = {
  nothingStaysStreaming,
  usageIsWrittenOnce,
  callsAreBilled,
  chatsCount,
  parentsAreATree,
  viewsShowThePath,
};
