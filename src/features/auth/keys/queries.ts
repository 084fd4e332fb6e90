/** SQL of API keys. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read, readOne, write } from "../../../db/client.ts";
import { columnsSql, type RowOfList } from "../../../db/columns.ts";
import { apiKeys } from "../../../db/schema-keys.ts";
import { toIso } from "../../../lib/clock.ts";
import type { KeyScope } from "../../../lib/key-scopes.ts";
import type { Principal } from "../../../lib/principal.ts";
import { Problem } from "../../../lib/problem.ts";
import {
  budgetSql,
  type BudgetRows,
  type NewBudget,
  setBudgetSql,
} from "../../usage/own-budget.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { selectWatchedBy, type SessionChat } from "../session-end.ts";

/** Keys of a user that can be used. */
const MOST_KEYS = 50;

/** How long the rows of ended keys are kept. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** How often the last use of a key is written. */
const USE_WRITTEN_MS = 60_000;

const ownColumns = columnsSql(apiKeys, "k", [
  "id",
  "name",
  "prefix",
  "scopes",
  "createdAt",
  "expiresAt",
  "lastUsedAt",
]);

/** Of the table `api_keys` as `k`. */
const keyColumns = sql`${ownColumns}, ${budgetSql("k.id")}`;

export type ApiKeyRow = RowOfList<typeof ownColumns> & BudgetRows;

/** SQL condition on a key `k`: it is neither revoked nor expired. */
export function isLiveSql(now: Date): SQL {
  return sql`(k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${toIso(now)}::timestamptz))`;
}

type NewApiKey = {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  keyHash: string;
  scopes: readonly KeyScope[];
  expiresAt: Date | null;
  budget: NewBudget;
  /** As it was when the user's identity was confirmed. */
  passwordVersion: number;
  now: Date;
};

/**
 * Inserts the key and its event. Throws `too_many_keys`, or `invalid_credentials` where the password has changed
 * meanwhile.
 */
export async function insertKey(db: Db, key: NewApiKey, event: SecurityEvent): Promise<ApiKeyRow> {
  const { id, userId, passwordVersion, budget, now } = key;
  const isInserted = sql`EXISTS (SELECT FROM api_keys WHERE id = ${id})`;
  const keptSince = toIso(new Date(now.getTime() - KEPT_MS));
  const { owner, inserted } = await batch(db, {
    owner: sql`
      SELECT FROM users WHERE id = ${userId} AND is_active
        AND password_version = ${passwordVersion}::int
      FOR NO KEY UPDATE`,
    swept: sql`
      WITH swept AS (
        DELETE FROM api_keys
        WHERE user_id = ${userId} AND LEAST(revoked_at, expires_at) < ${keptSince}::timestamptz RETURNING id
      )
      DELETE FROM budgets AS b USING swept WHERE b.subject_id = swept.id`,
    key: insertKeySql(key),
    budget: setBudgetSql({ id, userId }, budget, isInserted),
    event: recordEventSql(event, isInserted),
    inserted: selectKey(id),
  });
  const [row] = inserted.rows;
  if (!row) throw new Problem(owner.count > 0 ? "too_many_keys" : "invalid_credentials");
  return row;
}

function insertKeySql(key: NewApiKey): SQL {
  const { id, userId, name, prefix, keyHash, scopes, expiresAt, passwordVersion } = key;
  const now = toIso(key.now);
  const live = sql`SELECT count(*) FROM api_keys AS k WHERE k.user_id = ${userId} AND ${isLiveSql(key.now)}`;
  return sql`
    INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, created_at, expires_at)
    SELECT ${id}::uuid, ${userId}::uuid, ${name}::text, ${prefix}::text, ${keyHash}::text,
      ARRAY(SELECT json_array_elements_text(${JSON.stringify(scopes)}::json)),
      ${now}::timestamptz, ${expiresAt && toIso(expiresAt)}::timestamptz
    FROM users AS u
    WHERE u.id = ${userId} AND u.is_active
      AND u.password_version = ${passwordVersion}::int
      AND (${live}) < ${MOST_KEYS}::int
    ON CONFLICT (id) DO NOTHING`;
}

/** Selects a key, where the condition holds. */
export function selectKey(id: string, condition: SQL = sql`true`): SQL<ApiKeyRow> {
  return sql<ApiKeyRow>`
    SELECT ${keyColumns} FROM api_keys AS k WHERE k.id = ${id}::uuid AND ${condition}`;
}

/** The keys that are neither revoked nor expired, newest first. */
export function listKeys(db: Db, userId: string, now: Date): Promise<ApiKeyRow[]> {
  return read(
    db,
    sql<ApiKeyRow>`
      SELECT ${keyColumns} FROM api_keys AS k
      WHERE k.user_id = ${userId} AND ${isLiveSql(now)}
      ORDER BY k.created_at DESC, k.id DESC LIMIT ${MOST_KEYS}::int`,
  );
}

/** Revokes a user's keys, or one of them. Goes into the batch that changes what they depend on. */
export function revokeKeysSql(userId: string, now: Date, keyId?: string): SQL {
  return sql`
    UPDATE api_keys AS k SET revoked_at = ${toIso(now)}::timestamptz
    WHERE k.user_id = ${userId} AND ${keyId ? sql`k.id = ${keyId}` : sql`true`} AND k.revoked_at IS NULL`;
}

/** The chats that the revoked keys of a user, or one of them, may be subscribed to: for `notifyRooms`. */
export function selectWatchedByKeys(userId: string, keyId?: string): SQL<SessionChat> {
  return selectWatchedBy(sql`
    SELECT k.id, k.user_id, NULL::timestamptz AS tried_at FROM api_keys AS k
    WHERE k.user_id = ${userId} AND ${keyId ? sql`k.id = ${keyId}` : sql`true`}
      AND k.revoked_at IS NOT NULL`);
}

/** How long after its end a request of a key may still open a stream. */
const STREAMS_OPEN_MS = 16 * 60_000;

/** The keys that were revoked or have expired lately, as `selectWatchedBy` takes them. */
export function selectEndedKeys(now: Date): SQL {
  const since = toIso(new Date(now.getTime() - STREAMS_OPEN_MS));
  return sql`
    SELECT k.id, k.user_id, k.tried_at FROM api_keys AS k
    WHERE LEAST(k.revoked_at, k.expires_at) BETWEEN ${since}::timestamptz AND ${toIso(now)}::timestamptz`;
}

/**
 * Revokes a key and records the event. Returns the chats that it may be subscribed to. Throws `not_found`, for a
 * key that was revoked before too.
 */
export async function revokeKey(
  db: Db,
  { userId, keyId, now }: { userId: string; keyId: string; now: Date },
  event: SecurityEvent,
): Promise<SessionChat[]> {
  const revoked = sql`
    SELECT FROM api_keys
    WHERE id = ${keyId} AND user_id = ${userId} AND revoked_at = ${toIso(now)}::timestamptz`;
  const { found, watched } = await batch(db, {
    revoked: revokeKeysSql(userId, now, keyId),
    event: recordEventSql(event, sql`EXISTS (${revoked})`),
    found: revoked,
    watched: selectWatchedByKeys(userId, keyId),
  });
  if (found.count === 0) throw new Problem("not_found");
  return watched.rows;
}

type LiveKey = { id: string; user_id: string; scopes: KeyScope[]; last_used_at: string | null };

/** The key with this hash, if it can be used now. */
export function findLiveKey(db: Db, keyHash: string, now: Date): Promise<LiveKey | undefined> {
  return readOne(
    db,
    sql<LiveKey>`
      SELECT k.id, k.user_id, k.scopes, k.last_used_at
      FROM api_keys AS k JOIN users AS u ON u.id = k.user_id AND u.is_active
      WHERE k.key_hash = ${keyHash} AND ${isLiveSql(now)}`,
  );
}

/** True while the session, or the API key, of a principal is valid. */
export async function isSignInLive(db: Db, principal: Principal, now: Date): Promise<boolean> {
  const { userId, sessionId, via } = principal;
  const live =
    via === "key"
      ? sql`SELECT FROM api_keys AS k WHERE k.id = ${sessionId} AND k.user_id = ${userId} AND ${isLiveSql(now)}`
      : sql`SELECT FROM sessions AS s WHERE s.id = ${sessionId} AND s.user_id = ${userId}
          AND s.ended_at IS NULL AND s.expires_at > ${toIso(now)}::timestamptz`;
  const row = await readOne(db, sql<{ live: boolean }>`SELECT EXISTS (${live}) AS live`);
  return row?.live === true;
}

/** Writes that the key was used, unless a use within the last minute is written. */
export async function saveKeyUse(db: Db, key: LiveKey, now: Date): Promise<void> {
  const writtenBefore = now.getTime() - USE_WRITTEN_MS;
  if (key.last_used_at && Date.parse(toIso(key.last_used_at)) > writtenBefore) return;
  await write(
    db,
    sql`
      UPDATE api_keys SET last_used_at = ${toIso(now)}::timestamptz
      WHERE id = ${key.id}
        AND (last_used_at IS NULL OR last_used_at <= ${toIso(new Date(writtenBefore))}::timestamptz)`,
  );
}
