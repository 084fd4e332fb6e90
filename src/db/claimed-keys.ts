/**
 * Idempotency keys that are claimed before work that cannot be part of a batch, such as a paid call. Of
 * several concurrent requests with one key, one does the work and the others wait for its outcome.
 */
import { and, eq, sql, type SQL } from "drizzle-orm";
import { Problem } from "../lib/problem.ts";
import { batch, type Db, run } from "./client.ts";
import { columnsSql, type RowOfList } from "./columns.ts";
import { type Claim, KEY_LIFETIME, ofKey } from "./idempotency-keys.ts";
import { idempotencyKeys } from "./schema.ts";

/** Longer than any work under a claim takes: the holder of an older one has crashed. */
const STALE = sql.raw("interval '60 seconds'");

/**
 * The state of a key after an attempt to claim it. `code` is the problem that another request's work
 * ended with.
 */
export type ClaimState = { state: "ours" | "pending" | "done" } | { state: "failed"; code: string };

const claimColumns = columnsSql(idempotencyKeys, "k", ["id", "fingerprint", "pending", "failure"]);

type ClaimRow = RowOfList<typeof claimColumns>;

/**
 * Claims the key if it is free, if its last holder crashed, or, with `afterFailure`, if that one failed.
 * Safe to repeat. Throws `idempotency_key_reused`, and `not_found` when the claim's `isMade` does not
 * hold.
 */
export async function claimKey(
  db: Db,
  claim: Claim,
  { afterFailure }: { afterFailure: boolean },
): Promise<ClaimState> {
  const { held } = await batch(db, {
    claimed: insertClaim(claim, afterFailure),
    held: sql<ClaimRow>`
      SELECT ${claimColumns} FROM idempotency_keys AS k WHERE ${ofKey(claim)} AND ${claim.isMade}`,
  });
  return toState(claim, held.rows[0]);
}

function toState(claim: Claim, row: ClaimRow | undefined): ClaimState {
  if (!row) throw new Problem("not_found");
  if (row.id === claim.id) return { state: "ours" };
  if (row.fingerprint !== claim.fingerprint) throw new Problem("idempotency_key_reused");
  if (row.failure !== null) return { state: "failed", code: row.failure };
  return { state: row.pending ? "pending" : "done" };
}

function insertClaim(claim: Claim, afterFailure: boolean): SQL {
  const { id, ownerId, route, key, fingerprint, made, isMade, at } = claim;
  return sql`
    INSERT INTO idempotency_keys AS k
      (user_id, route, key, id, fingerprint, chat_id, created_at, pending)
    SELECT ${ownerId}::uuid, ${route}, ${key}, ${id}::uuid, ${fingerprint},
      ${made.chatId ?? null}::uuid, ${at}::timestamptz, true
    WHERE ${isMade}
    ON CONFLICT (user_id, route, key) DO UPDATE
    SET id = excluded.id, fingerprint = excluded.fingerprint, chat_id = excluded.chat_id,
      created_at = excluded.created_at, pending = true, failure = NULL
    WHERE k.created_at <= excluded.created_at - ${KEY_LIFETIME}
      OR (k.failure IS NOT NULL AND ${afterFailure}::boolean)
      OR (k.pending AND k.created_at <= excluded.created_at - ${STALE})`;
}

/** SQL condition: the claim is still held and its work is not saved yet. */
export function holdsClaim({ id, ownerId, route, key }: Claim): SQL {
  return sql`EXISTS (
    SELECT FROM idempotency_keys AS k
    WHERE k.user_id = ${ownerId} AND k.route = ${route} AND k.key = ${key} AND k.id = ${id} AND k.pending)`;
}

/** The statement that marks the work of a claim as done. */
export function settleClaim({ id, ownerId }: Claim): SQL {
  return sql`
    UPDATE idempotency_keys SET pending = false WHERE user_id = ${ownerId} AND id = ${id} AND pending`;
}

/**
 * Ends a claim whose work failed: waiting requests fail with the same code, and a later one may retry.
 */
export async function failClaim(db: Db, claim: Claim, code: string): Promise<void> {
  const failed = { pending: false, failure: code };
  await run(db.update(idempotencyKeys).set(failed).where(isHeld(claim)));
}

/** Frees a key whose work had no effect. */
export async function releaseClaim(db: Db, claim: Claim): Promise<void> {
  await run(db.delete(idempotencyKeys).where(isHeld(claim)));
}

function isHeld({ id, ownerId }: Claim) {
  const { userId, id: claimId, pending } = idempotencyKeys;
  return and(eq(userId, ownerId), eq(claimId, id), eq(pending, true));
}
