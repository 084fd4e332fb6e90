/** SQL of feedback on answers. */
import { sql } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { messageFeedback } from "../../db/schema.ts";
import { latestSql } from "../../db/times.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import type { Feedback, NewFeedback } from "./schemas.ts";

const feedbackColumns = columnsSql(messageFeedback, "stored", [
  "messageId",
  "rating",
  "comment",
  "createdAt",
  "updatedAt",
]);

type FeedbackRow = RowOfList<typeof feedbackColumns>;

/** All null if the message is not an answer. */
type RatedRow = FeedbackRow | { [Column in keyof FeedbackRow]: null };

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
    sql<RatedRow>`
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

function ownedMessage(ownerId: string, messageId: string) {
  return sql`
    SELECT m.id, m.type FROM messages AS m JOIN chats ON chats.id = m.chat_id
    WHERE m.id = ${messageId} AND chats.user_id = ${ownerId}`;
}

function toFeedback(row: RatedRow | undefined): Feedback {
  if (!row) throw new Problem("not_found");
  if (row.message_id === null) throw new Problem("not_an_answer");
  const { message_id, created_at, updated_at, ...feedback } = row;
  return { message_id, ...feedback, created_at: toIso(created_at), updated_at: toIso(updated_at) };
}
