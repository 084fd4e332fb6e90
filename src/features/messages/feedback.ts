/** SQL of feedback on answers. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, read, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { messageFeedback } from "../../db/schema.ts";
import { latestSql } from "../../db/times.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { ownedChat } from "./path.ts";
import type { Feedback, FeedbackPosition, NewFeedback } from "./schemas.ts";

const feedbackColumns = columnsSql(messageFeedback, "stored", [
  "messageId",
  "rating",
  "comment",
  "createdAt",
  "updatedAt",
]);

type FeedbackRow = RowOfList<typeof feedbackColumns>;

/** All null where there is no feedback. */
type JoinedRow = FeedbackRow | { [Column in keyof FeedbackRow]: null };

type FeedbackPage = { limit: number; cursor?: FeedbackPosition | undefined };

/** Stores the feedback, replacing an earlier one. Throws `not_found` or `not_an_answer`. */
export async function putFeedback(
  db: Db,
  ownerId: string,
  messageId: string,
  { rating, comment = null }: NewFeedback,
  at: string,
): Promise<Feedback> {
  const row = await readOne(
    db,
    sql<JoinedRow>`
      WITH rated AS (${ownedMessage(ownerId, messageId)}), stored AS (
        INSERT INTO message_feedback AS f (message_id, rating, comment, created_at, updated_at)
        SELECT id, ${rating}, ${comment}, ${at}::timestamptz, ${at}::timestamptz
        FROM rated WHERE type = 'bot'
        ON CONFLICT (message_id) DO UPDATE
        SET rating = excluded.rating, comment = excluded.comment, updated_at = ${latestSql("f.updated_at", at)}
        RETURNING *
      )
      SELECT ${feedbackColumns} FROM rated LEFT JOIN stored ON stored.message_id = rated.id`,
  );
  if (!row) throw new Problem("not_found");
  if (row.message_id === null) throw new Problem("not_an_answer");
  return toFeedback(row);
}

/** Deletes the feedback; does nothing if there is none. Throws `not_found`. */
export async function deleteFeedback(db: Db, ownerId: string, messageId: string): Promise<void> {
  const rated = await readOne(
    db,
    sql`
      WITH rated AS (${ownedMessage(ownerId, messageId)}), gone AS (
        DELETE FROM message_feedback USING rated WHERE message_id = rated.id
      )
      SELECT id FROM rated`,
  );
  if (!rated) throw new Problem("not_found");
}

/**
 * A page of the feedback on a chat's answers, on all branches, newest first, with one extra entry if there are more.
 * Throws `not_found`.
 */
export async function listFeedback(
  db: Db,
  ownerId: string,
  chatId: string,
  page: FeedbackPage,
): Promise<Feedback[]> {
  const rows = await read(db, selectFeedback(ownerId, chatId, page));
  if (rows.length === 0) throw new Problem("not_found");
  return rows.flatMap((row) => (row.message_id === null ? [] : toFeedback(row)));
}

/** Selects one row without feedback where the chat has none. Of its messages only the index of their ids is read. */
function selectFeedback(
  ownerId: string,
  chatId: string,
  { limit, cursor }: FeedbackPage,
): SQL<JoinedRow> {
  const isAfterCursor = cursor
    ? sql`(f.created_at, f.message_id) < (${cursor.createdAt}::timestamptz, ${cursor.messageId}::uuid)`
    : sql`true`;
  return sql<JoinedRow>`
    WITH ${ownedChat(ownerId, chatId)}, page AS (
      SELECT f.* FROM chat JOIN messages AS m ON m.chat_id = chat.id
      JOIN message_feedback AS f ON f.message_id = m.id
      WHERE ${isAfterCursor}
      ORDER BY f.created_at DESC, f.message_id DESC LIMIT ${limit + 1}::int
    )
    SELECT ${feedbackColumns} FROM chat LEFT JOIN page AS stored ON true
    ORDER BY stored.created_at DESC, stored.message_id DESC`;
}

function ownedMessage(ownerId: string, messageId: string) {
  return sql`
    SELECT m.id, m.type FROM messages AS m JOIN chats ON chats.id = m.chat_id
    WHERE m.id = ${messageId} AND chats.user_id = ${ownerId}`;
}

function toFeedback({ message_id, created_at, updated_at, ...feedback }: FeedbackRow): Feedback {
  return { message_id, ...feedback, created_at: toIso(created_at), updated_at: toIso(updated_at) };
}
