/**
 * Every minute, notifies the rooms that do not know yet that a session or an API key has ended, or that
 * it has opened since.
 */
import { inArray, sql } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";
import { apiKeys } from "../../db/schema-keys.ts";
import { sessionEnds } from "../../db/schema.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { selectEndedKeys } from "./keys/queries.ts";
import {
  closeWatched,
  markSessionClosed,
  selectWatchedBy,
  type SessionChat,
} from "./session-end.ts";

/** The rest is left to the next run. */
const MOST_PER_RUN = 200;

/**
 * Notifies each room that an ended session may still be subscribed to. Returns how many were notified and
 * how many failed. May run twice, even at once.
 */
export async function deliverSessionEnds(
  env: Env,
  { db, clock }: Deps,
): Promise<Record<string, number>> {
  const now = new Date(clock());
  const due = await listDue(db, now);
  const closed = await closeWatched(env, due);
  await markSessionClosed(db, closed);
  await markTried(db, due, now);
  return { notified: closed.length, failed: due.length - closed.length };
}

/**
 * Lists those never tried first, then the least recently tried. Deletes ends that can no longer have a
 * room.
 */
async function listDue(db: Db, now: Date): Promise<SessionChat[]> {
  const at = toIso(now);
  const watched = selectWatchedBy(sql`
    SELECT s.id, s.user_id, e.tried_at
    FROM session_ends AS e JOIN sessions AS s ON s.id = e.session_id
    UNION ALL ${selectEndedKeys(now)}`);
  const { due } = await batch(db, {
    due: sql<SessionChat>`
      SELECT session_id, chat_id FROM (${watched}) AS w
      ORDER BY tried_at NULLS FIRST LIMIT ${MOST_PER_RUN}::int`,
    deleted: sql`
      DELETE FROM session_ends AS e WHERE e.last_at <= ${at}::timestamptz
        AND e.session_id NOT IN (SELECT session_id FROM (${watched}) AS w)`,
  });
  return due.rows;
}

async function markTried(db: Db, tried: SessionChat[], now: Date): Promise<void> {
  if (tried.length === 0) return;
  const ids = [...new Set(tried.map(({ session_id: id }) => id))];
  await batch(db, {
    sessions: db
      .update(sessionEnds)
      .set({ triedAt: now })
      .where(inArray(sessionEnds.sessionId, ids)),
    keys: db.update(apiKeys).set({ triedAt: now }).where(inArray(apiKeys.id, ids)),
  });
}
