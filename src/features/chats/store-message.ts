/** Stores a message without generating an answer. */
import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import {
  batchUnderKey,
  type Claim,
  type IdempotencyKey,
  idUnder,
  keyIsFree,
} from "../../db/idempotency-keys.ts";
import { latestSql } from "../../db/times.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { toWatchedChat, type WatchedChat, watchedColumns, type WatchedRow } from "./announce.ts";
import { getChatState, isQuiet, lockChat, turnInProgress } from "./change.ts";

type StoredMessage = Pick<
  MessageRow,
  "id" | "chat_id" | "type" | "content" | "file_name" | "file_url" | "metadata"
> & {
  /** ISO 8601. */
  at: string;
};

/** The current state of the message and of its chat. */
type Stored = { row: MessageRow; chat: WatchedChat; isReplayed: boolean };

/**
 * Stores a message below the current one and makes it current, or returns the current state of the one
 * that the key stored before. One batch, safe to repeat because the id is created beforehand. Throws
 * `not_found`, `turn_in_progress` or `idempotency_key_reused`.
 */
export async function storeMessage(
  db: Db,
  ownerId: string,
  message: StoredMessage,
  key?: IdempotencyKey,
): Promise<Stored> {
  const { id, chat_id: chatId } = message;
  const claim = key && claimOf(ownerId, message, key);
  const wanted = claim ? idUnder(claim, "message_id") : sql`${id}`;
  const { earlier, read } = await batchUnderKey(db, claim, {
    writes: { lock: lockChat(ownerId, chatId), stored: insert(ownerId, message, claim) },
    reads: { messages: select(ownerId, chatId, wanted), chats: selectChat(ownerId, chatId) },
  });
  const [[row], [chat]] = [read.messages, read.chats];
  if (row && chat) return { row, chat: toWatchedChat(chat), isReplayed: earlier !== undefined };
  throw turnInProgress(await getChatState(db, ownerId, chatId));
}

function claimOf(ownerId: string, { id, chat_id, at }: StoredMessage, key: IdempotencyKey): Claim {
  const made = { chatId: chat_id, messageId: id };
  const isMade = sql`EXISTS (${select(ownerId, chat_id, sql`${id}`)})`;
  return { ...key, ownerId, made, isMade, at };
}

function insert(ownerId: string, message: StoredMessage, claim: Claim | undefined): SQL {
  const { id, chat_id: chatId, type, content, file_name, file_url, metadata, at } = message;
  return sql`
    WITH parent AS (
      SELECT c.id, c.current_message_id, coalesce(p.file_ids, '{}') AS file_ids
      FROM chats AS c
      LEFT JOIN messages AS p ON p.chat_id = c.id AND p.id = c.current_message_id
      WHERE c.id = ${chatId} AND c.user_id = ${ownerId} AND ${isQuiet}
        AND ${keyIsFree(claim)}
    ), stored AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_name, file_url, file_ids,
        own_file_count, metadata, created_at)
      SELECT ${id}, id, current_message_id, ${type}, ${content}, 'complete',
        ${file_name}, ${file_url}, file_ids, 0, ${JSON.stringify(metadata)}::jsonb, ${at}::timestamptz
      FROM parent
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )
    UPDATE chats
    SET current_message_id = stored.id, message_count = message_count + 1, version = version + 1,
      updated_at = ${latestSql("chats.updated_at", at)}
    FROM stored WHERE chats.id = stored.chat_id`;
}

function select(ownerId: string, chatId: string, id: SQL): SQL<MessageRow> {
  return sql<MessageRow>`
    SELECT ${messageColumns} FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
    WHERE m.chat_id = ${chatId} AND chats.user_id = ${ownerId} AND m.id = ${id}`;
}

function selectChat(ownerId: string, chatId: string): SQL<WatchedRow> {
  return sql<WatchedRow>`
    SELECT ${watchedColumns} FROM chats AS c WHERE c.id = ${chatId} AND c.user_id = ${ownerId}`;
}
