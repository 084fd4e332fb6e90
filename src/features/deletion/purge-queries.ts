/** Purges the rows of deleted chats in portions. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";

/** The most chats per portion, longest deleted first. */
const CHATS = 100;
/** The most rows of each table per portion. */
const ROWS = 1_000;
/** The most bytes of messages per portion: long texts have rows of their own in Postgres (TOAST). */
const BYTES = 16 * 1024 * 1024;
/** The highest count of deleted chats. */
const MOST_COUNTED = 10_000;

export type Portion = {
  /** Purged chats. */
  chats: number;
  messages: number;
  /** All rows that were deleted or detached from a chat. */
  rows: number;
  /** Deleted chats that remain, at most 10,000. */
  left: number;
};

/** Purges one portion. A repeated call purges another. */
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

/**
 * The CTE `purged_chats`: the deleted chats of this portion. The first statement locks them, so every
 * statement of the batch gets the same.
 */
const purgedChats = sql`purged_chats AS MATERIALIZED (
  SELECT id FROM chats WHERE deleted_at IS NOT NULL
  ORDER BY deleted_at, id LIMIT ${CHATS}::int FOR UPDATE SKIP LOCKED)`;

/** The CTE `portion`: the newest messages of these chats, within the limits of rows and bytes. */
const portion = sql`portion AS (
  SELECT chat_id, id FROM (
    SELECT newest.chat_id, newest.id, row_number() OVER w AS position, sum(newest.bytes) OVER w AS bytes
    FROM (
      SELECT m.* FROM purged_chats CROSS JOIN LATERAL (
        SELECT chat_id, id, octet_length(content) + pg_column_size(metadata) AS bytes
        FROM messages WHERE chat_id = purged_chats.id ORDER BY id DESC LIMIT ${ROWS}::int
      ) AS m LIMIT ${ROWS}::int
    ) AS newest
    WINDOW w AS (ORDER BY newest.chat_id, newest.id DESC)
  ) AS counted
  WHERE position = 1 OR bytes <= ${BYTES}::int)`;

/**
 * The foreign key of a parent cascades to its replies, as deep as the chat is long. The newest messages
 * are deleted first, so that there are usually none; but ids of different isolates may be out of order.
 */
const detachReplies = sql`
  WITH ${purgedChats}, ${portion}
  UPDATE messages AS m SET parent_id = NULL FROM portion
  WHERE m.chat_id = portion.chat_id AND m.parent_id = portion.id`;

/** The CTE `counted`: adds the messages of the CTE `gone` to the receipts of erased accounts. */
const counted = sql`counted AS (
  UPDATE erasures AS e SET messages = e.messages + g.count
  FROM (
    SELECT c.erasure_id, count(*)::int AS count FROM gone JOIN chats AS c ON c.id = gone.chat_id
    WHERE c.erasure_id IS NOT NULL GROUP BY c.erasure_id
  ) AS g
  WHERE e.id = g.erasure_id)`;

const deleteMessages = sql<{ chat_id: string }>`
  WITH ${purgedChats}, ${portion}, gone AS (
    DELETE FROM messages AS m USING portion WHERE m.id = portion.id RETURNING m.chat_id
  ), ${counted}
  SELECT chat_id FROM gone`;

const deleteTickets = sql`
  WITH ${purgedChats}
  DELETE FROM chat_sessions WHERE id IN (
    SELECT w.id FROM purged_chats JOIN chat_sessions AS w ON w.chat_id = purged_chats.id LIMIT ${ROWS}::int)`;

const deleteLinks = sql`
  WITH ${purgedChats}
  DELETE FROM chat_files WHERE (chat_id, file_id) IN (
    SELECT cf.chat_id, cf.file_id FROM purged_chats JOIN chat_files AS cf ON cf.chat_id = purged_chats.id
    LIMIT ${ROWS}::int)`;

/** Usage rows outlive their chat. */
const releaseUsage = sql`
  WITH ${purgedChats}
  UPDATE ai_usage SET chat_id = NULL WHERE id IN (
    SELECT u.id FROM purged_chats JOIN ai_usage AS u ON u.chat_id = purged_chats.id LIMIT ${ROWS}::int)`;

/** Deletes the chats without remaining rows. */
const deleteChats: SQL = sql`
  WITH ${purgedChats}
  DELETE FROM chats AS c USING purged_chats
  WHERE c.id = purged_chats.id
    AND NOT EXISTS (SELECT FROM messages WHERE chat_id = c.id)
    AND NOT EXISTS (SELECT FROM chat_sessions WHERE chat_id = c.id)
    AND NOT EXISTS (SELECT FROM chat_files WHERE chat_id = c.id)
    AND NOT EXISTS (SELECT FROM ai_usage WHERE chat_id = c.id)`;
