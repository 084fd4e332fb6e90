/**
 * Stores what an `Idempotency-Key` was used for (ids, never a body) in the same batch as its effect. The
 * batch begins with a lock on the key, so that what its statements read about the key stays true until
 * the commit.
 */
import { sql, type SQL } from "drizzle-orm";
import { Problem } from "../lib/problem.ts";
import { batch, type Db, readOne, write } from "./client.ts";
import { columnsSql, type RowOf, type RowOfList } from "./columns.ts";
import { idempotencyKeys } from "./schema.ts";

/** A client's key, as one request sent it. */
export type IdempotencyKey = {
  /** The id of this use, created before the write: a repeated batch recognises its own row by it. */
  id: string;
  /** Method and path template; the same key on another route is another key. */
  route: string;
  key: string;
  /** Hash of the request: the same key with another fingerprint is refused as reused. */
  fingerprint: string;
  /**
   * Of a key that is made from the request itself, because its client sends none: true where the client says that it
   * repeats a request, and gets the turn of the newest one of the last ten minutes, unless that failed; false where
   * it makes a new one, which takes the key over. Absent for a key of the client.
   */
  isRepeat?: boolean;
};

/** The ids of what was created under a key. */
export type KeyUse = {
  chatId: string | null;
  messageId: string | null;
  answerId: string | null;
  fileId: string | null;
};

/** A key, its owner, and what it stands for once the condition `isMade` holds. */
export type Claim = IdempotencyKey & {
  ownerId: string;
  made: { chatId?: string; messageId?: string; answerId?: string | SQL; fileId?: string };
  isMade: SQL;
  /** ISO 8601. */
  at: string;
};

type Statements = Readonly<Record<string, SQL>>;

/** The rows of each read, by name. */
type RowsOf<R extends Statements> = {
  [Name in keyof R]: R[Name] extends SQL<infer Row>
    ? (unknown extends Row ? Record<string, unknown> : Row)[]
    : never;
};

type Batch<R extends Statements> = {
  /** Run in order, before the reads. With a claim, each must include the condition `keyIsFree`. */
  writes: Statements;
  reads: R;
};

/**
 * Runs one batch, with a claim under the lock of its key, and stores the key if its effect took place: a
 * refusal stores none. Returns the rows of the reads, and as `earlier` what an earlier request used the
 * key for; undefined when it was free. Throws `idempotency_key_reused`, or `not_found` when the chat of
 * the earlier use was deleted.
 */
export async function batchUnderKey<R extends Statements>(
  db: Db,
  claim: Claim | undefined,
  { writes, reads }: Batch<R>,
): Promise<{ earlier: KeyUse | undefined; read: RowsOf<R> }> {
  const key = keyStatements(claim);
  const results = await batch(db, {
    lock: key.lock,
    writes: Object.values(writes),
    keep: key.keep,
    use: key.use,
    reads: Object.values(reads),
  });
  const rows = Object.keys(reads).map((name, index) => [name, results.reads[index]?.rows]);
  const read = Object.fromEntries(rows) as RowsOf<R>;
  return { earlier: earlierUse(claim, results.use?.rows[0]), read };
}

/**
 * The statements of a key for a batch with named results: `lock` goes first, `keep` after the writes,
 * then `use`. All undefined without a claim.
 */
export function keyStatements(claim: Claim | undefined) {
  return {
    lock: claim && lock(claim),
    keep: claim && keep(claim),
    use: claim && selectUse(claim),
  };
}

/**
 * What an earlier request used the key for, without using it now. One round trip. Throws
 * `idempotency_key_reused`, or `not_found` when the chat of the earlier use was deleted.
 */
export async function findEarlierUse(
  db: Db,
  key: Pick<Claim, "ownerId" | "at"> & IdempotencyKey,
): Promise<KeyUse | undefined> {
  return earlierUse(key, await readOne(db, selectUse(key)));
}

/**
 * SQL condition: no request used the key in the last day. True without a claim. A batch that is repeated
 * because its response was lost finds its own row, and with it everything that it wrote.
 */
export function keyIsFree(claim: Claim | undefined): SQL {
  if (!claim || claim.isRepeat === false) return sql`true`;
  return sql`NOT EXISTS (SELECT FROM idempotency_keys AS k WHERE ${ofKey(claim)})`;
}

/** Subquery for the id that the key stands for: this request's, or the earlier one's. */
export function idUnder(
  claim: Claim,
  column: keyof RowOf<typeof idempotencyKeys, "chatId" | "messageId" | "answerId" | "fileId">,
): SQL {
  return sql`(SELECT k.${sql.raw(column)} FROM idempotency_keys AS k WHERE ${ofKey(claim)})`;
}

/** The most keys deleted per run, so that the statement stays below the timeout of a call. */
const MOST_EXPIRED = 10_000;

/** Deletes up to 10,000 keys that are older than a day. Returns how many. */
export async function deleteExpiredKeys(db: Db, now: string): Promise<number> {
  const { count } = await write(
    db,
    sql`
      DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency_keys WHERE created_at <= ${now}::timestamptz - ${KEY_LIFETIME}
        LIMIT ${MOST_EXPIRED}::int))`,
  );
  return count;
}

/** How long a key is valid. */
export const KEY_LIFETIME = sql.raw("interval '24 hours'");

/** How long a request can be repeated whose client sends no key. */
const REPEAT_LIFETIME = sql.raw("interval '10 minutes'");

type Owned = Pick<Claim, "ownerId" | "route" | "key" | "at" | "isRepeat">;

/** SQL condition on a row `k`: it belongs to that key and has not expired. */
export function ofKey({ ownerId, route, key, at, isRepeat }: Owned): SQL {
  const lifetime = isRepeat === undefined ? KEY_LIFETIME : REPEAT_LIFETIME;
  return sql`k.user_id = ${ownerId} AND k.route = ${route} AND k.key = ${key}
    AND k.created_at > ${at}::timestamptz - ${lifetime} ${isRepeat ? HAS_NOT_FAILED : sql``}`;
}

/** A client that received an error repeats its request to get another answer. */
const HAS_NOT_FAILED = sql.raw(`AND NOT EXISTS (
  SELECT FROM messages AS failed WHERE failed.chat_id = k.chat_id AND failed.id = k.answer_id
    AND failed.status IN ('failed', 'interrupted'))`);

function lock({ ownerId, route, key }: Claim): SQL {
  const name = `${ownerId} ${route} ${key}`;
  return sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

/** Replaces an expired row; keeps any other. Of a key made from the request, the newest turn is kept. */
function keep(claim: Claim): SQL {
  const { id, ownerId, route, key, fingerprint, made, isMade, at, isRepeat } = claim;
  const isReplaced =
    isRepeat === undefined ? sql`k.created_at <= excluded.created_at - ${KEY_LIFETIME}` : sql`true`;
  const { chatId = null, messageId = null, answerId = null, fileId = null } = made;
  return sql`
    INSERT INTO idempotency_keys AS k
      (user_id, route, key, id, fingerprint, chat_id, message_id, answer_id, file_id, created_at)
    SELECT ${ownerId}::uuid, ${route}, ${key}, ${id}::uuid, ${fingerprint},
      ${chatId}::uuid, ${messageId}::uuid, ${answerId}::uuid, ${fileId}::uuid, ${at}::timestamptz
    WHERE ${isMade}
    ON CONFLICT (user_id, route, key) DO UPDATE
    SET id = excluded.id, fingerprint = excluded.fingerprint, chat_id = excluded.chat_id,
      message_id = excluded.message_id, answer_id = excluded.answer_id, file_id = excluded.file_id,
      created_at = excluded.created_at
    WHERE ${isReplaced}`;
}

const useColumns = columnsSql(idempotencyKeys, "k", [
  "id",
  "fingerprint",
  "chatId",
  "messageId",
  "answerId",
  "fileId",
]);

type UseRow = RowOfList<typeof useColumns> & {
  /** False when its chat has been deleted since. */
  has_chat: boolean;
};

function selectUse(key: Owned): SQL<UseRow> {
  return sql<UseRow>`
    SELECT ${useColumns},
      k.chat_id IS NULL OR EXISTS (
        SELECT FROM chats AS c WHERE c.id = k.chat_id AND c.user_id = k.user_id) AS has_chat
    FROM idempotency_keys AS k WHERE ${ofKey(key)}`;
}

/**
 * What an earlier request used the key for; undefined when it was free. Throws `idempotency_key_reused`,
 * or `not_found` when the chat of the earlier use was deleted.
 */
export function earlierUse(
  key: IdempotencyKey | undefined,
  use: UseRow | undefined,
): KeyUse | undefined {
  if (!key || !use || use.id === key.id || key.isRepeat === false) return undefined;
  if (use.fingerprint !== key.fingerprint) throw new Problem("idempotency_key_reused");
  if (!use.has_chat) throw new Problem("not_found");
  const { chat_id: chatId, message_id: messageId, answer_id: answerId, file_id: fileId } = use;
  return { chatId, messageId, answerId, fileId };
}
