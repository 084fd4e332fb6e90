/** What a reader thinks of an answer. */
import { sql } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import { latestSql } from "../../db/times.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import type { Feedback, NewFeedback } from "./schemas.ts";

type FeedbackRow = {
  message_id: string | null;
  rating: "up" | "down";
  comment: string | null;
  created_at: string;
  updated_at: string;
};

/** Stores it in place of what was said before. Throws `not_found`, or `not_an_answer`. */
export async function putFeedback(
  db: Db,
  ownerId: string,
  messageId: string,
  { rating, comment = null }: NewFeedback,
  at: string,
): Promise<Feedback> {
  const { rows } = await repeatable(() =>
    db.execute<FeedbackRow>(sql`
      WITH rated AS (${ownedMessage(ownerId, messageId)}), stored AS (
        INSERT INTO message_feedback AS f (message_id, rating, comment, created_at, updated_at)
        SELECT id, ${rating}, ${comment}, ${at}::timestamptz, ${at}::timestamptz
        FROM rated WHERE type = 'bot'
        ON CONFLICT (message_id) DO UPDATE
        SET rating = excluded.rating, comment = excluded.comment, updated_at = ${latestSql("f.updated_at", at)}
        RETURNING *
      )
      SELECT stored.* FROM rated LEFT JOIN stored ON stored.message_id = rated.id`),
  );
  return toFeedback(rows[0]);
}

/** Takes it back; nothing happens where nothing was said. Throws `not_found`. */
export async function deleteFeedback(db: Db, ownerId: string, messageId: string): Promise<void> {
  const { rows } = await repeatable(() =>
    db.execute(sql`
      WITH rated AS (${ownedMessage(ownerId, messageId)}), gone AS (
        DELETE FROM message_feedback USING rated WHERE message_id = rated.id
      )
      SELECT id FROM rated`),
  );
  if (rows.length === 0) throw new Problem("not_found");
}

function ownedMessage(ownerId: string, messageId: string) {
  return sql`
    SELECT m.id, m.type FROM messages AS m JOIN chats ON chats.id = m.chat_id
    WHERE m.id = ${messageId} AND chats.user_id = ${ownerId}`;
}

function toFeedback(row: FeedbackRow | undefined): Feedback {
  if (!row) throw new Problem("not_found");
  const { message_id, created_at, updated_at, ...said } = row;
  if (message_id === null) throw new Problem("not_an_answer");
  return { message_id, ...said, created_at: toIso(created_at), updated_at: toIso(updated_at) };
}
