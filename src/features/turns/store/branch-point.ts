/** The point of a chat's tree at which a branch starts. */
import { sql } from "drizzle-orm";
import { type Db, readOne } from "../../../db/client.ts";
import { Problem } from "../../../lib/problem.ts";
import { SHOWN_SIBLINGS } from "../../messages/queries.ts";
import type { Answers } from "./target.ts";

/** What never changes of a message while its chat exists, and the answers so far. */
export type BranchPoint = {
  chatId: string;
  /** The message itself where it is a user message, or the one that it answers; null where there is none. */
  userMessageId: string | null;
  answers: Answers;
};

type Row = {
  chat_id: string;
  user_message_id: string | null;
  answer_ids: string[];
  answers: number;
};

/** Throws `not_found`. The batch that begins the turn checks all of it again. */
export async function getBranchPoint(
  db: Db,
  ownerId: string,
  messageId: string,
): Promise<BranchPoint> {
  const row = await readOne(
    db,
    sql<Row>`
      SELECT m.chat_id, q.id AS user_message_id, found.answer_ids, found.answers
      FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
      LEFT JOIN messages AS q ON q.chat_id = m.chat_id AND q.type = 'user'
        AND q.id = CASE m.type WHEN 'user' THEN m.id ELSE m.parent_id END
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS answers,
          coalesce((array_agg(a.id::text ORDER BY a.created_at, a.id))[:${SHOWN_SIBLINGS}::int], '{}') AS answer_ids
        FROM messages AS a WHERE a.chat_id = m.chat_id AND a.parent_id = q.id
      ) AS found
      WHERE m.id = ${messageId} AND c.user_id = ${ownerId}`,
  );
  if (!row) throw new Problem("not_found");
  const answers = { ids: row.answer_ids, count: row.answers };
  return { chatId: row.chat_id, userMessageId: row.user_message_id, answers };
}
