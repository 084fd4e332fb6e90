/** SQL of responses: each is an answer, found by its id. */
import { sql } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import { Problem } from "../../lib/problem.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { type Message, toMessage } from "../messages/schemas.ts";

type ResponseRow = MessageRow & {
  /** The answer above its user message; null for the first of the chat. */
  previous_id: string | null;
  unlisted: boolean;
  is_kept: boolean;
};

export type StoredResponse = {
  answer: Message;
  userMessageId: string;
  previousId: string | null;
  /** True where its chat is in no list. */
  isUnlisted: boolean;
  isKept: boolean;
};

/** The answer that a response is. Throws `not_found`. */
export async function getResponse(
  db: Db,
  ownerId: string,
  answerId: string,
): Promise<StoredResponse> {
  const row = await readOne(
    db,
    sql<ResponseRow>`
      SELECT ${messageColumns}, u.parent_id AS previous_id, chats.unlisted, chats.expires_at IS NULL AS is_kept
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      JOIN messages AS u ON u.chat_id = m.chat_id AND u.id = m.parent_id AND u.type = 'user' ${joinSiblings}
      WHERE m.id = ${answerId}::uuid AND m.type = 'bot' AND chats.user_id = ${ownerId}`,
  );
  const userMessageId = row?.parent_id;
  if (!row || !userMessageId) throw new Problem("not_found");
  const { previous_id: previousId, unlisted: isUnlisted, is_kept: isKept, ...message } = row;
  return { answer: toMessage(message), userMessageId, previousId, isUnlisted, isKept };
}
