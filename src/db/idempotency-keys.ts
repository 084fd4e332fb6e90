/**
 * What an `Idempotency-Key` was used for, kept in the same batch as its effect: ids, never a body.
 * One request at a time holds a key: the batch begins with its lock, so that what the statements after
 * it read of the key stays true until the commit.
 */
import { sql, type SQL } from "drizzle-orm";
import { Problem } from "../lib/problem.ts";
import { batch, type Db, readOne, write } from "./client.ts";
import { columnsSql, type RowOf, type RowOfList } from "./columns.ts";
import { idempotencyKeys } from "./schema.ts";

/** A client's key, as one request brought it. */
export type IdempotencyKey = {
  /** Of the request, made before the write: by it a repeated batch knows its own row. */
  id: string;
  /** Method and template; the same key at another route is another key. */
  route: string;
  key: string;
  /** Of the request: a key with another fingerprint is a reused one. */
  fingerprint: string;
};

/** What a key was used for: the ids of what was made. */
export type KeyUse = {
  chatId: string | null;
  messageId: string | null;
  answerId: string | null;
  fileId: string | null;
};

/** A key, whose it is, and what it is to stand for once `isMade` holds. */
export type Claim = IdempotencyKey & {
  ownerId: string;
  made: { chatId?: string; messageId?: string; answerId?: string | SQL; fileId?: string };
  isMade: SQL;
  /** ISO 8601. */
  at: string;
};

type Statements = Readonly<Record<string, SQL>>;

/** The rows of each read, by its name. */
type RowsOf<R extends Statements> = {
  [Name in keyof R]: R[Name] extends SQL<infer Row>
    ? (unknown extends Row ? Record<string, unknown> : Row)[]
    : never;
};

type Batch<R extends Statements> = {
  /** Run before the reads, in their order. With a claim, their conditions hold `keyIsFree`. */
  writes: Statements;
  reads: R;
};

/**
 * Runs one batch, with a claim under the lock of its key, and keeps the key where its effect is there
 * then: a refusal leaves none. Gives the rows of the reads, and as `earlier` what the key stood for
 * already; undefined where it was free. Throws `idempotency_key_reused`, or `not_found` where the chat of
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
 * The statements of a key for a batch with named results: `lock` goes first, `keep` after the writes, `use`
 * after that. All undefined without a claim.
 */
export function keyStatements(claim: Claim | undefined) {
  return {
    lock: claim && lock(claim),
    keep: claim && keep(claim),
    use: claim && selectUse(claim),
  };
}

/**
 * What the key was used for before this request, without using it. One trip. Throws
 * `idempotency_key_reused`, or `not_found` where the chat of the earlier use was deleted.
 */
export async function findEarlierUse(
  db: Db,
  key: Pick<Claim, "ownerId" | "at"> & IdempotencyKey,
): Promise<KeyUse | undefined> {
  return earlierUse(key, await readOne(db, selectUse(key)));
}

/**
 * A condition of a write: nobody used the key in the last day. True without a claim. A batch that is
 * repeated because its answer was lost finds its own row, and with it all that it wrote.
 */
export function keyIsFree(claim: Claim | undefined): SQL {
  if (!claim) return sql`true`;
  return sql`NOT EXISTS (SELECT FROM idempotency_keys AS k WHERE ${ofKey(claim)})`;
}

/** The id of what the key stands for, as a subquery: of this request or of the one before it. */
export function idUnder(
  claim: Claim,
  column: keyof RowOf<typeof idempotencyKeys, "chatId" | "messageId" | "answerId" | "fileId">,
): SQL {
  return sql`(SELECT k.${sql.raw(column)} FROM idempotency_keys AS k WHERE ${ofKey(claim)})`;
}

/** Of one run: however many have expired, deleting them takes less than a call may. */
const MOST_EXPIRED = 10_000;

/** Deletes keys that are older than a day, which count no more, up to 10,000. Returns how many. */
export async function deleteExpiredKeys(db: Db, now: string): Promise<number> {
  const { count } = await write(
    db,
    sql`
      DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency_keys WHERE created_at <= ${now}::timestamptz - ${LIFE}
        LIMIT ${MOST_EXPIRED}::int))`,
  );
  return count;
}

/** How long a key counts. */
export const LIFE = sql.raw("interval '24 hours'");

type Owned = Pick<Claim, "ownerId" | "route" | "key" | "at">;

/** The condition on a row `k`: it is of that key, and counts. */
export function ofKey({ ownerId, route, key, at }: Owned): SQL {
  return sql`k.user_id = ${ownerId} AND k.route = ${route} AND k.key = ${key}
    AND k.created_at > ${at}::timestamptz - ${LIFE}`;
}

function lock({ ownerId, route, key }: Claim): SQL {
  const name = `${ownerId} ${route} ${key}`;
  return sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

/** A row that has had its day is replaced; any other stays. */
function keep(claim: Claim): SQL {
  const { id, ownerId, route, key, fingerprint, made, isMade, at } = claim;
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
    WHERE k.created_at <= excluded.created_at - ${LIFE}`;
}

const useColumns = columnsSql(idempotencyKeys, "k", [
  "id",
  "fingerprint",
  "chatId",
  "messageId",
  "answerId",
  "fileId",
]);

export type UseRow = RowOfList<typeof useColumns> & {
  /** False where its chat was deleted since. */
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
 * What the key stood for before this request; undefined where it was free. Throws `idempotency_key_reused`, or
 * `not_found` where the chat of the earlier use was deleted.
 */
export function earlierUse(
  key: IdempotencyKey | undefined,
  use: UseRow | undefined,
): KeyUse | undefined {
  if (!key || !use || use.id === key.id) return undefined;
  if (use.fingerprint !== key.fingerprint) throw new Problem("idempotency_key_reused");
  if (!use.has_chat) throw new Problem("not_found");
  const { chat_id: chatId, message_id: messageId, answer_id: answerId, file_id: fileId } = use;
  return { chatId, messageId, answerId, fileId };
}
