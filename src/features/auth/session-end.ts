/**
 * A sign-in has ended, and whoever watches a chat by it is told: rooms close its streams and sockets,
 * and never a run. The rooms are found by the batch that ends it.
 */
import { sql, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import type { Db } from "../../db/client.ts";
import type { App } from "../../http/router.ts";
import { logError, nameOf } from "../../lib/log.ts";

export type WatchedChat = { chat_id: string };

/** Chats where an ended session may be watching: an answer is being written, or a socket is open. */
export function selectWatched(sessionId: string): SQL {
  return sql`
    WITH ended AS (
      SELECT id, user_id FROM sessions WHERE id = ${sessionId} AND ended_at IS NOT NULL
    )
    SELECT c.id AS chat_id FROM ended
    JOIN chats AS c ON c.user_id = ended.user_id
    JOIN messages AS m ON m.chat_id = c.id AND m.status = 'streaming'
    UNION
    SELECT w.chat_id FROM ended
    JOIN chat_sessions AS w ON w.session_id = ended.id AND w.is_active`;
}

/** Tells the rooms, after the answer has left. */
export function tellRooms(c: Context<App>, sessionId: string, watched: WatchedChat[]): void {
  if (watched.length > 0) c.executionCtx.waitUntil(tell(c, sessionId, watched));
}

async function tell(c: Context<App>, sessionId: string, watched: WatchedChat[]): Promise<void> {
  try {
    await Promise.all(watched.map(({ chat_id: chatId }) => tellRoom(c, sessionId, chatId)));
    await noteClosed(c.get("deps").db, sessionId);
  } catch (error) {
    logError("session_end_not_told", { session_id: sessionId, cause: nameOf(error) });
  }
}

/** A stub is broken after an exception, and a restarting room is back at the next call. */
async function tellRoom(c: Context<App>, sessionId: string, chatId: string): Promise<void> {
  const end = () => c.env.CHAT_ROOM.getByName(chatId).endSession(sessionId);
  try {
    await end();
  } catch {
    await end();
  }
}

/** Also of sockets that a room lost: none is open any more. */
async function noteClosed(db: Db, sessionId: string): Promise<void> {
  await db.execute(sql`
    UPDATE chat_sessions SET is_active = false WHERE session_id = ${sessionId} AND is_active`);
}
