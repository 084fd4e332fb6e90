/** Storing a message that nobody answers. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import { getChatState, isQuiet, lockChat, turnInProgress } from "../chats/change.ts";
import { joinSiblings, messageColumns, type MessageRow } from "./queries.ts";

export type StoredMessage = Pick<
  MessageRow,
  "id" | "chat_id" | "type" | "content" | "file_name" | "file_url" | "metadata"
> & {
  /** ISO 8601. */
  at: string;
};

/**
 * Stores a message below the current one, and makes it the current one. One batch; the id is made
 * before it, so that repeating it does nothing. Throws `not_found`, or `turn_in_progress`.
 */
export async function storeMessage(
  db: Db,
  ownerId: string,
  message: StoredMessage,
): Promise<MessageRow> {
  const { chat_id: chatId } = message;
  const [, , stored] = await repeatable(() =>
    db.batch([
      db.execute(lockChat(ownerId, chatId)),
      db.execute(insert(ownerId, message)),
      db.execute<MessageRow>(select(ownerId, message)),
    ]),
  );
  if (stored.rows[0]) return stored.rows[0];
  throw turnInProgress(await getChatState(db, ownerId, chatId));
}

function insert(ownerId: string, message: StoredMessage): SQL {
  const { id, chat_id: chatId, type, content, file_name, file_url, metadata, at } = message;
  return sql`
    WITH place AS (
      SELECT c.id, c.current_message_id FROM chats AS c
      WHERE c.id = ${chatId} AND c.user_id = ${ownerId} AND ${isQuiet}
    ), stored AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_name, file_url, metadata, created_at)
      SELECT ${id}, id, current_message_id, ${type}, ${content}, 'complete',
        ${file_name}, ${file_url}, ${JSON.stringify(metadata)}::jsonb, ${at}::timestamptz
      FROM place
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )
    UPDATE chats
    SET current_message_id = stored.id, message_count = message_count + 1, version = version + 1,
      updated_at = ${at}::timestamptz
    FROM stored WHERE chats.id = stored.chat_id`;
}

function select(ownerId: string, { id, chat_id: chatId }: StoredMessage): SQL {
  return sql`
    SELECT ${messageColumns} FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
    WHERE m.chat_id = ${chatId} AND chats.user_id = ${ownerId} AND m.id = ${id}`;
}
