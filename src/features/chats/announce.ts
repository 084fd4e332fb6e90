/** Notifies the live sockets of a chat of changes made by any request. */
import { sql, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import type { App } from "../../http/router.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { roomCall } from "../../lib/room-call.ts";
import type { Message } from "../messages/schemas.ts";
import { fitMessage } from "../messages/fit-message.ts";
import { chatColumns, type ChatRow } from "./queries.ts";
import { toChat } from "./schemas.ts";

/** A chat, and whether it has a live socket: a room without one is not woken. */
export type WatchedChat = { row: ChatRow; isWatched: boolean };

export type WatchedRow = ChatRow & { is_watched: boolean };

/** The columns of a `WatchedRow`, from a table or query named `c`. */
export const watchedColumns: SQL<WatchedRow> = sql<WatchedRow>`${chatColumns},
  EXISTS (SELECT FROM chat_sessions AS w WHERE w.chat_id = c.id AND w.is_active) AS is_watched`;

export function toWatchedChat({ is_watched: isWatched, ...row }: WatchedRow): WatchedChat {
  return { row, isWatched };
}

/** Sends the chat, and the message that was stored in it, after the response was sent. */
export function announce(
  c: Context<App>,
  { row, isWatched }: WatchedChat,
  message?: Message,
): void {
  if (isWatched) c.executionCtx.waitUntil(send(c, row, message));
}

/** Never throws: a client that misses the change sees it at its next read. */
async function send(c: Context<App>, row: ChatRow, message?: Message): Promise<void> {
  const shown = message && { message: fitMessage(message) };
  try {
    const change = { version: row.version, chat: toChat(row), ...shown };
    await roomCall(() => c.env.CHAT_ROOM.getByName(row.id).chatChanged(change));
  } catch (error) {
    logError("chat_not_announced", { cause: nameOf(error) });
  }
}
