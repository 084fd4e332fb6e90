/**
 * Ending a session closes its subscriptions: the rooms close its streams and sockets, and never a running
 * turn. The batch that ends the session finds the rooms, and the request notifies them at once. A trigger
 * adds a row to `session_ends`, by which the cron job notifies rooms that were not reached.
 */
import { sql, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import { type Db, write } from "../../db/client.ts";
import type { Env } from "../../env.ts";
import type { App } from "../../http/router.ts";
import { delay } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { roomCall } from "../../lib/room-call.ts";

/** A chat whose room may have a stream or socket of an ended session. */
export type SessionChat = { session_id: string; chat_id: string };

const ROOMS_AT_ONCE = 10;

/** The chats that a session may be subscribed to, if it has ended. */
export function selectWatched(sessionId: string): SQL<SessionChat> {
  return selectWatchedBy(sql`
    SELECT id, user_id, NULL::timestamptz AS tried_at FROM sessions
    WHERE id = ${sessionId} AND ended_at IS NOT NULL`);
}

/**
 * The chats that ended sessions may be subscribed to: those with a streaming answer or an open socket.
 */
export function selectWatchedBy(ended: SQL): SQL<SessionChat> {
  return sql<SessionChat>`
    WITH ended AS (${ended})
    SELECT ended.id AS session_id, c.id AS chat_id, ended.tried_at FROM ended
    JOIN chats AS c ON c.user_id = ended.user_id
    JOIN messages AS m ON m.chat_id = c.id AND m.status = 'streaming'
    UNION
    SELECT w.session_id, w.chat_id, ended.tried_at FROM ended
    JOIN chat_sessions AS w ON w.session_id = ended.id AND w.is_active`;
}

/** Notifies the rooms after the response was sent. */
export function notifyRooms(c: Context<App>, watched: SessionChat[]): void {
  if (watched.length > 0) c.executionCtx.waitUntil(closeAndMark(c, watched));
}

/** The pauses before rooms that could not be reached are called again: the platform allows 30 s after the response. */
const PAUSES_MS = [0, 1_000, 5_000, 12_000];

/** What is not marked as closed is closed again by the cron job, within a minute. */
async function closeAndMark(c: Context<App>, watched: SessionChat[]): Promise<void> {
  let left = watched;
  try {
    for (const pauseMs of PAUSES_MS) {
      if (left.length === 0) return;
      await delay(pauseMs);
      const closed = await closeWatched(c.env, left);
      await markSessionClosed(c.get("deps").db, closed);
      left = left.filter((chat) => !closed.includes(chat));
    }
  } catch (error) {
    logError("session_end_not_marked", { cause: nameOf(error) });
  }
}

/**
 * Closes the session's subscriptions in each room. Returns the chats whose rooms confirmed it. Never
 * throws.
 */
export async function closeWatched(
  env: Pick<Env, "CHAT_ROOM">,
  watched: SessionChat[],
): Promise<SessionChat[]> {
  const closed: SessionChat[] = [];
  for (let start = 0; start < watched.length; start += ROOMS_AT_ONCE) {
    const group = watched.slice(start, start + ROOMS_AT_ONCE);
    const isClosed = await Promise.all(group.map((chat) => closeInRoom(env, chat)));
    closed.push(...group.filter((_, index) => isClosed[index]));
  }
  return closed;
}

/** A stub is unusable after an exception, and a restarting room responds to the next call. */
async function closeInRoom(
  { CHAT_ROOM }: Pick<Env, "CHAT_ROOM">,
  { chat_id: chatId, session_id: sessionId }: SessionChat,
): Promise<boolean> {
  const end = () => roomCall(() => CHAT_ROOM.getByName(chatId).endSession(sessionId));
  try {
    await end().catch(end);
    return true;
  } catch (error) {
    logError("session_end_not_delivered", { session_id: sessionId, cause: nameOf(error) });
    return false;
  }
}

/** Marks the sockets of the session in these chats as inactive, those that a room lost included. */
export async function markSessionClosed(db: Db, closed: SessionChat[]): Promise<void> {
  if (closed.length === 0) return;
  await write(
    db,
    sql`
      UPDATE chat_sessions AS w SET is_active = false
      FROM json_to_recordset(${JSON.stringify(closed)}::json) AS d (session_id uuid, chat_id uuid)
      WHERE w.session_id = d.session_id AND w.chat_id = d.chat_id AND w.is_active`,
  );
}
