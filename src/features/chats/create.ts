/** Creates a chat, once per idempotency key. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, write } from "../../db/client.ts";
import { violates } from "../../db/errors.ts";
import {
  batchUnderKey,
  type Claim,
  type IdempotencyKey,
  idUnder,
  keyIsFree,
} from "../../db/idempotency-keys.ts";
import { Problem } from "../../lib/problem.ts";
import { chatColumns, type ChatRow } from "./queries.ts";

type NewChatRow = {
  id: string;
  title: string;
  autoTitle: boolean;
  temporary: boolean;
  /** ISO 8601, like `at`. */
  expiresAt: string | null;
  at: string;
};

/** A chat created by this request, or by an earlier one with the same key. */
type Created = { row: ChatRow; isReplayed: boolean };

/**
 * Creates an empty chat, or returns the current state of the one that the key created before. Throws
 * `invalid_token` when the account was deleted, `not_found` when that chat was, or
 * `idempotency_key_reused`.
 */
export async function createChat(
  db: Db,
  ownerId: string,
  chat: NewChatRow,
  key?: IdempotencyKey,
): Promise<Created> {
  try {
    if (key) return await createOnce(db, claimOf(ownerId, chat, key), chat);
    await write(db, insert(ownerId, chat));
    return { row: freshRow(ownerId, chat), isReplayed: false };
  } catch (error) {
    if (violates(error, "chats_user_id_fkey")) throw new Problem("invalid_token");
    throw error;
  }
}

async function createOnce(db: Db, claim: Claim, chat: NewChatRow): Promise<Created> {
  const { ownerId } = claim;
  const { earlier, read } = await batchUnderKey(db, claim, {
    writes: { created: insert(ownerId, chat, claim) },
    reads: { chats: select(ownerId, idUnder(claim, "chat_id")) },
  });
  const [row] = read.chats;
  if (!row) throw new Problem("not_found");
  return { row, isReplayed: earlier !== undefined };
}

function claimOf(ownerId: string, { id, at }: NewChatRow, key: IdempotencyKey): Claim {
  const isMade = sql`EXISTS (SELECT FROM chats WHERE id = ${id} AND user_id = ${ownerId})`;
  return { ...key, ownerId, made: { chatId: id }, isMade, at };
}

function insert(ownerId: string, chat: NewChatRow, claim?: Claim): SQL {
  const { id, title, autoTitle, temporary, expiresAt, at } = chat;
  return sql`
    INSERT INTO chats (id, user_id, title, auto_title, temporary, expires_at, created_at, updated_at)
    SELECT ${id}::uuid, ${ownerId}::uuid, ${title}, ${autoTitle}::boolean, ${temporary}::boolean,
      ${expiresAt}::timestamptz, ${at}::timestamptz, ${at}::timestamptz
    WHERE ${keyIsFree(claim)}
    ON CONFLICT (id) DO NOTHING`;
}

function select(ownerId: string, id: SQL): SQL<ChatRow> {
  return sql<ChatRow>`SELECT ${chatColumns} FROM chats AS c WHERE c.id = ${id} AND c.user_id = ${ownerId}`;
}

function freshRow(ownerId: string, chat: NewChatRow): ChatRow {
  const { id, title, autoTitle, temporary, expiresAt, at } = chat;
  const fresh = { pinned: false, archived: false, current_message_id: null, message_count: 0 };
  const row = { id, user_id: ownerId, title, auto_title: autoTitle, ...fresh, version: 1 };
  return { ...row, temporary, expires_at: expiresAt, created_at: at, updated_at: at };
}
