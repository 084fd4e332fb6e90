/** SQL of sessions: rotation of the refresh token, the list, and ends. Each end is recorded with its event. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read } from "../../../db/client.ts";
import { columnsSql, type RowOfList } from "../../../db/columns.ts";
import { sessions } from "../../../db/schema.ts";
import { toIso } from "../../../lib/clock.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { selectWatched, selectWatchedBy, type SessionChat } from "../session-end.ts";
import type { RefreshClaims } from "./refresh-token.ts";

const IDLE_DAYS = 14;
const REUSE_SECONDS = 10;

/** The outcome of a refresh: the session's new counter, or why the token was refused. */
type Rotation = { refreshCounter: number } | "ended" | "replayed";

/** `watched`: the chats that the session may be subscribed to, if it has ended. */
type Refreshed = { rotation: Rotation; watched: SessionChat[] };

/**
 * Increments the counter of a live session when the token has the current one. A token one behind gets the current
 * counter (its response was lost, or a parallel request was faster), and so does every older one for ten seconds after
 * a rotation; later an older one was replayed and ends the session, with the event. One guarded statement, so that
 * twenty parallel refreshes increment the counter once.
 */
export async function rotateSession(
  db: Db,
  token: RefreshClaims,
  replay: SecurityEvent,
): Promise<Refreshed> {
  const { advanced, watched } = await batch(db, {
    advanced: advanceSql(token, replay),
    event: recordEventSql(replay, endedBySql(replay)),
    watched: selectWatched(token.sessionId),
  });
  const [row] = advanced.rows;
  if (!row) return { rotation: "ended", watched: watched.rows };
  const rotation = row.replayed ? "replayed" : { refreshCounter: row.refresh_counter };
  return { rotation, watched: watched.rows };
}

function advanceSql({ sessionId, userId, refreshCounter }: RefreshClaims, replay: SecurityEvent) {
  const now = sql`${toIso(replay.now)}::timestamptz`;
  const isCurrent = sql`s.refresh_counter = ${refreshCounter}::int`;
  const isReplayed = sql`(s.refresh_counter > ${refreshCounter}::int + 1
    AND coalesce(s.rotated_at < ${now} - make_interval(secs => ${REUSE_SECONDS}::int), true))`;
  return sql<{ refresh_counter: number; replayed: boolean }>`
    UPDATE sessions AS s SET
      refresh_counter = CASE WHEN ${isCurrent} THEN s.refresh_counter + 1 ELSE s.refresh_counter END,
      rotated_at = CASE WHEN ${isCurrent} THEN ${now} ELSE s.rotated_at END,
      last_seen_at = CASE WHEN ${isReplayed} THEN s.last_seen_at ELSE ${now} END,
      ended_at = CASE WHEN ${isReplayed} THEN ${now} END,
      ended_event_id = CASE WHEN ${isReplayed} THEN ${replay.id}::uuid END
    WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid AND ${isLiveSql(replay.now)}
      AND s.refresh_counter >= ${refreshCounter}::int
      AND EXISTS (SELECT FROM users AS u WHERE u.id = s.user_id AND u.is_active)
    RETURNING s.refresh_counter, s.ended_at IS NOT NULL AS replayed`;
}

/** True for a session `s` that can still be refreshed. */
function isLiveSql(now: Date): SQL {
  const time = sql`${toIso(now)}::timestamptz`;
  return sql`(s.ended_at IS NULL AND s.expires_at > ${time}
    AND s.last_seen_at >= ${time} - make_interval(days => ${IDLE_DAYS}::int))`;
}

const shown = columnsSql(sessions, "s", [
  "id",
  "createdAt",
  "lastSeenAt",
  "userAgent",
  "country",
] as const);

export type ListedSession = RowOfList<typeof shown>;

/** The sessions that can still be refreshed, newest first; at most `limit`, with ids before `before`. */
export async function listSessions(
  db: Db,
  userId: string,
  { limit, before, now }: { limit: number; before?: string | undefined; now: Date },
): Promise<ListedSession[]> {
  const isNext = before === undefined ? sql`true` : sql`s.id < ${before}::uuid`;
  return read(
    db,
    sql<ListedSession>`
      SELECT ${shown} FROM sessions AS s
      WHERE s.user_id = ${userId}::uuid AND ${isLiveSql(now)} AND ${isNext}
      ORDER BY s.id DESC LIMIT ${limit}::int`,
  );
}

/**
 * Ends a session if it is live, with the event. Returns the chats that it may be subscribed to.
 */
export async function endSession(
  db: Db,
  sessionId: string,
  event: SecurityEvent,
): Promise<SessionChat[]> {
  const { watched } = await batch(db, {
    ended: endSessionsSql(event, sql`s.id = ${sessionId}::uuid`),
    event: recordEventSql(event, endedBySql(event)),
    watched: selectWatched(sessionId),
  });
  return watched.rows;
}

/** What became of a request to end other sessions. */
type Ended = {
  /** False when the session of the caller has ended: its access token outlives it. */
  accepted: boolean;
  watched: SessionChat[];
};

/** Ends one session of the user, on behalf of another; `found` is false when the user has no such session. */
export async function endOneSession(
  db: Db,
  callerId: string,
  sessionId: string,
  event: SecurityEvent,
): Promise<Ended & { found: boolean }> {
  const isIt = sql`s.id = ${sessionId}::uuid`;
  const { outcome, watched } = await batch(db, {
    ended: endSessionsSql(event, sql`${isIt} AND ${isLiveCaller(callerId, event)}`),
    event: recordEventSql(event, endedBySql(event)),
    watched: selectWatchedBy(selectEnded(event)),
    outcome: sql<{ accepted: boolean; found: boolean }>`
      SELECT ${isLiveCaller(callerId, event)} OR ${endedBySql(event)} AS accepted,
        EXISTS (SELECT FROM sessions AS s WHERE ${isIt} AND s.user_id = ${event.userId}::uuid) AS found`,
  });
  const [{ accepted, found } = { accepted: false, found: false }] = outcome.rows;
  return { accepted, found, watched: watched.rows };
}

/** Ends all sessions of the user except the caller's. */
export async function endOtherSessions(
  db: Db,
  callerId: string,
  event: SecurityEvent,
): Promise<Ended> {
  const isLive = isLiveCaller(callerId, event);
  const { outcome, watched } = await batch(db, {
    ended: endSessionsSql(event, sql`s.id <> ${callerId}::uuid AND ${isLive}`),
    event: recordEventSql(event, endedBySql(event)),
    watched: selectWatchedBy(selectEnded(event)),
    outcome: sql<{ accepted: boolean }>`SELECT ${isLive} AS accepted`,
  });
  return { accepted: outcome.rows[0]?.accepted ?? false, watched: watched.rows };
}

function isLiveCaller(callerId: string, { userId }: SecurityEvent): SQL {
  return sql`EXISTS (SELECT FROM sessions AS caller
    WHERE caller.id = ${callerId}::uuid AND caller.user_id = ${userId}::uuid AND caller.ended_at IS NULL)`;
}

/** Ends the live sessions `s` of the event's user that meet the condition, for the reason that the event records. */
export function endSessionsSql(event: SecurityEvent, condition: SQL): SQL {
  return sql`
    UPDATE sessions AS s SET ended_at = ${toIso(event.now)}::timestamptz, ended_event_id = ${event.id}::uuid
    WHERE s.user_id = ${event.userId}::uuid AND s.ended_at IS NULL AND ${condition}`;
}

/** The sessions that ended with the event, for `selectWatchedBy`. */
export function selectEnded({ id, userId }: SecurityEvent): SQL {
  return sql`
    SELECT s.id, s.user_id, NULL::timestamptz AS tried_at FROM sessions AS s
    WHERE s.user_id = ${userId}::uuid AND s.ended_event_id = ${id}::uuid`;
}

/** True when a session ended with the event. */
function endedBySql(event: SecurityEvent): SQL {
  return sql`EXISTS (${selectEnded(event)})`;
}
