/** A portion of what deleted chats have left in Postgres. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";

/** Chats that a portion is taken from, the longest deleted first: many have a few messages each. */
const CHATS = 100;
/** Rows of each table. */
const ROWS = 1_000;
/** Of messages also this much text, the bytes of which are rows to Postgres as well. */
const BYTES = 16 * 1024 * 1024;
/** Of more deleted chats than that, they are not counted. */
const MOST_COUNTED = 10_000;

export type Portion = {
  /** Chats that are gone. */
  chats: number;
  messages: number;
  /** All rows that were deleted, or let go of a chat. */
  rows: number;
  /** Deleted chats that are still to be purged, 10,000 at most. */
  left: number;
};

/** Purges one portion. Repeating it purges another. */
export async function purgePortion(db: Db): Promise<Portion> {
  const {
    detached: _,
    left,
    ...purged
  } = await batch(db, {
    detached: detachReplies,
    messages: deleteMessages,
    tickets: deleteTickets,
    links: deleteLinks,
    usage: releaseUsage,
    chats: deleteChats,
    left: sql<{ left: number }>`
      SELECT count(*)::int AS left FROM (
        SELECT FROM chats WHERE deleted_at IS NOT NULL LIMIT ${MOST_COUNTED}::int) AS counted`,
  });
  const counts = Object.values(purged).map(({ count }) => count);
  return {
    chats: purged.chats.count,
    messages: purged.messages.count,
    rows: counts.reduce((sum, count) => sum + count, 0),
    left: left.rows[0]?.left ?? 0,
  };
}

/** The CTE `doomed`: the same chats in every statement of the batch, which locks them with its first. */
const doomed = sql`doomed AS MATERIALIZED (
  SELECT id FROM chats WHERE deleted_at IS NOT NULL
  ORDER BY deleted_at, id LIMIT ${CHATS}::int FOR UPDATE SKIP LOCKED)`;

/** The CTE `portion`: the newest messages of these chats, as many as the rows and the bytes allow. */
const portion = sql`portion AS (
  SELECT chat_id, id FROM (
    SELECT newest.chat_id, newest.id, row_number() OVER w AS place, sum(newest.bytes) OVER w AS bytes
    FROM (
      SELECT m.* FROM doomed CROSS JOIN LATERAL (
        SELECT chat_id, id, octet_length(content) + pg_column_size(metadata) AS bytes
        FROM messages WHERE chat_id = doomed.id ORDER BY id DESC LIMIT ${ROWS}::int
      ) AS m LIMIT ${ROWS}::int
    ) AS newest
    WINDOW w AS (ORDER BY newest.chat_id, newest.id DESC)
  ) AS counted
  WHERE place = 1 OR bytes <= ${BYTES}::int)`;

/**
 * The foreign key of a parent deletes its replies with it, and theirs, as deep as the chat is long. The
 * newest go first, so that there are none; but ids are as old as the clocks that made them.
 */
const detachReplies = sql`
  WITH ${doomed}, ${portion}
  UPDATE messages AS m SET parent_id = NULL FROM portion
  WHERE m.chat_id = portion.chat_id AND m.parent_id = portion.id`;

const deleteMessages = sql`
  WITH ${doomed}, ${portion}
  DELETE FROM messages AS m USING portion WHERE m.id = portion.id`;

const deleteTickets = sql`
  WITH ${doomed}
  DELETE FROM chat_sessions WHERE id IN (
    SELECT w.id FROM doomed JOIN chat_sessions AS w ON w.chat_id = doomed.id LIMIT ${ROWS}::int)`;

const deleteLinks = sql`
  WITH ${doomed}
  DELETE FROM chat_files WHERE (chat_id, file_id) IN (
    SELECT cf.chat_id, cf.file_id FROM doomed JOIN chat_files AS cf ON cf.chat_id = doomed.id
    LIMIT ${ROWS}::int)`;

/** What was spent stays spent. */
const releaseUsage = sql`
  WITH ${doomed}
  UPDATE ai_usage SET chat_id = NULL WHERE id IN (
    SELECT u.id FROM doomed JOIN ai_usage AS u ON u.chat_id = doomed.id LIMIT ${ROWS}::int)`;

/** Those that have nothing left. */
const deleteChats: SQL = sql`
  WITH ${doomed}
  DELETE FROM chats AS c USING doomed
  WHERE c.id = doomed.id
    AND NOT EXISTS (SELECT FROM messages WHERE chat_id = c.id)
    AND NOT EXISTS (SELECT FROM chat_sessions WHERE chat_id = c.id)
    AND NOT EXISTS (SELECT FROM chat_files WHERE chat_id = c.id)
    AND NOT EXISTS (SELECT FROM ai_usage WHERE chat_id = c.id)`;
