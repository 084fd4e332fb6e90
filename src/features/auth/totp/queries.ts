/** SQL of second factors and recovery codes. */
import { and, eq, isNotNull, isNull, sql, type SQL } from "drizzle-orm";
import { batch, type Db, run, write } from "../../../db/client.ts";
import { sessions, users } from "../../../db/schema.ts";
import { secondFactors } from "../../../db/schema-sign-in.ts";
import { toIso } from "../../../lib/clock.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { isUser, type SessionRow, type UserRow } from "../queries.ts";
import type { AccessClaims } from "../tokens.ts";

export type SecondFactorRow = typeof secondFactors.$inferSelect;

/** What identifies one check, made before it: a repeated statement is the same check. */
export type Check = { id: string; userId: string; now: Date };

/** So many checks are free; then each wrong code doubles the wait, from 30 s to 15 minutes. */
const FREE_CHECKS = 10;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 15 * 60;

/** After so long without a check, they are free again. */
const FORGOTTEN_AFTER_SECONDS = 24 * 60 * 60;

/** The second factor of an account, once it is confirmed. */
export async function findSecondFactor(
  db: Db,
  userId: string,
): Promise<SecondFactorRow | undefined> {
  const rows = await run(selectConfirmed(db, userId));
  return rows[0];
}

/** An account with its confirmed second factor, in one trip. */
export async function findUserAndFactor(
  db: Db,
  userId: string,
): Promise<{ user: UserRow | undefined; factor: SecondFactorRow | undefined }> {
  const { found, confirmed } = await batch(db, {
    found: db.select().from(users).where(isUser(userId)),
    confirmed: selectConfirmed(db, userId),
  });
  return { user: found[0], factor: confirmed[0] };
}

/** Who is signed in: the account, its confirmed second factor, and the session unless it has ended; in one trip. */
export async function findSignedIn(
  db: Db,
  { userId, sessionId }: AccessClaims,
): Promise<{
  user: UserRow | undefined;
  factor: SecondFactorRow | undefined;
  session: SessionRow | undefined;
}> {
  const { found, confirmed, live } = await batch(db, {
    found: db.select().from(users).where(isUser(userId)),
    confirmed: selectConfirmed(db, userId),
    live: selectLive(db, { userId, sessionId }),
  });
  return { user: found[0], factor: confirmed[0], session: live[0] };
}

function selectConfirmed(db: Db, userId: string) {
  const isConfirmed = and(eq(secondFactors.userId, userId), isNotNull(secondFactors.confirmedAt));
  return db.select().from(secondFactors).where(isConfirmed);
}

function selectLive(db: Db, { userId, sessionId }: AccessClaims) {
  const isOwn = and(eq(sessions.id, sessionId), eq(sessions.userId, userId));
  return db
    .select()
    .from(sessions)
    .where(and(isOwn, isNull(sessions.endedAt)));
}

/** An enrolment that waits for its confirmation, and the session unless it has ended, in one trip. */
export async function findPending(
  db: Db,
  { userId, sessionId }: AccessClaims,
): Promise<{ pending: SecondFactorRow | undefined; session: SessionRow | undefined }> {
  const isPending = and(eq(secondFactors.userId, userId), isNull(secondFactors.confirmedAt));
  const { found, live } = await batch(db, {
    found: db.select().from(secondFactors).where(isPending),
    live: selectLive(db, { userId, sessionId }),
  });
  return { pending: found[0], session: live[0] };
}

/** Withdraws an enrolment that waits for its confirmation. Goes into the batch that changes the password. */
export function withdrawPendingSql(userId: string): SQL {
  return sql`DELETE FROM second_factors WHERE user_id = ${userId}::uuid AND confirmed_at IS NULL`;
}

/**
 * Stores the secret of an enrolment, in place of one that was not confirmed. False if the account has a
 * second factor already, or its password has changed since the user was read.
 */
export async function insertPending(
  db: Db,
  { id: userId, passwordVersion }: Pick<UserRow, "id" | "passwordVersion">,
  secret: string,
  now: Date,
): Promise<boolean> {
  const { count } = await write(
    db,
    sql`
      INSERT INTO second_factors AS f (user_id, secret, created_at)
      SELECT id, ${secret}::text, ${toIso(now)}::timestamptz FROM users
      WHERE id = ${userId} AND password_version = ${passwordVersion}::int
      ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
      WHERE f.confirmed_at IS NULL
      RETURNING user_id`,
  );
  return count > 0;
}

/**
 * Enables the pending secret, whose code of `step` the app has shown, and stores the recovery codes. False
 * if another confirmation or enrolment was first.
 */
export async function confirmPending(
  db: Db,
  pending: { userId: string; secret: string; step: number; codeHashes: string[] },
  event: SecurityEvent,
): Promise<boolean> {
  const { userId, secret, step, codeHashes } = pending;
  const at = toIso(event.now);
  // The hashes are new with every call: they are there only if this call has confirmed.
  const isOurs = sql`EXISTS (
    SELECT FROM recovery_codes WHERE user_id = ${userId}::uuid AND code_hash = ${codeHashes[0]}::text)`;
  const { confirmed } = await batch(db, {
    enabled: sql`
      WITH enabled AS (
        UPDATE second_factors SET confirmed_at = ${at}::timestamptz, last_step = ${step}::integer, checks = 0, retry_at = NULL
        WHERE user_id = ${userId} AND secret = ${secret}::text AND confirmed_at IS NULL
        RETURNING user_id
      )
      INSERT INTO recovery_codes (user_id, code_hash)
      SELECT user_id, code_hash FROM enabled
      CROSS JOIN json_array_elements_text(${JSON.stringify(codeHashes)}::json) AS code_hash`,
    confirmed: sql<{ is_ours: boolean }>`SELECT ${isOurs} AS is_ours`,
    event: recordEventSql(event, isOurs),
  });
  return confirmed.rows[0]?.is_ours ?? false;
}

/**
 * Removes the second factor with its recovery codes, and records it, once. `isDisabled` is false where there is no second
 * factor, or the password has changed since the user was read, which `isSame` says.
 */
export async function deleteSecondFactor(
  db: Db,
  { id: userId, passwordVersion }: Pick<UserRow, "id" | "passwordVersion">,
  event: SecurityEvent,
): Promise<{ isDisabled: boolean; isSame: boolean }> {
  const isSame = isPasswordSql(userId, passwordVersion);
  const isDisabled = sql`EXISTS (SELECT FROM security_events WHERE id = ${event.id}::uuid)`;
  const isEnabled = sql`EXISTS (
    SELECT FROM second_factors WHERE user_id = ${userId}::uuid AND confirmed_at IS NOT NULL)`;
  const { outcome } = await batch(db, {
    // Of several at once, one records its event.
    locked: sql`SELECT FROM second_factors WHERE user_id = ${userId}::uuid FOR UPDATE`,
    event: recordEventSql(event, sql`${isSame} AND ${isEnabled}`),
    deleted: sql`DELETE FROM second_factors WHERE user_id = ${userId}::uuid AND ${isDisabled}`,
    outcome: sql<{ is_disabled: boolean; is_same: boolean }>`
      SELECT ${isDisabled} AS is_disabled, ${isSame} AS is_same`,
  });
  const [row] = outcome.rows;
  return { isDisabled: row?.is_disabled ?? false, isSame: row?.is_same ?? false };
}

function isPasswordSql(userId: string, passwordVersion: number): SQL {
  return sql`EXISTS (
    SELECT FROM users WHERE id = ${userId}::uuid AND password_version = ${passwordVersion}::int)`;
}

/**
 * Counts a check before it is made, so that parallel ones cannot exceed the limit. False if there is to be
 * none before `retry_at`.
 */
export async function countCheck(db: Db, { userId, now }: Check): Promise<boolean> {
  const at = sql`${toIso(now)}::timestamptz`;
  const checks = sql`
    CASE WHEN checked_at < ${at} - make_interval(secs => ${FORGOTTEN_AFTER_SECONDS}::int) THEN 1 ELSE checks + 1 END`;
  const { count } = await write(
    db,
    sql`
      UPDATE second_factors AS f SET checks = c.checks, checked_at = ${at},
        retry_at = CASE WHEN c.checks >= ${FREE_CHECKS}::int THEN ${at} + make_interval(secs =>
          least(${LONGEST_WAIT_SECONDS}::int, ${FIRST_WAIT_SECONDS}::int * 2 ^ least(c.checks - ${FREE_CHECKS}::int, 10))) END
      FROM (SELECT user_id, ${checks} AS checks FROM second_factors WHERE user_id = ${userId} FOR UPDATE) AS c
      WHERE f.user_id = c.user_id AND (f.retry_at IS NULL OR f.retry_at <= ${at})
      RETURNING f.user_id`,
  );
  return count > 0;
}

/** Accepts the code of a time step, once: false if a code of it or of a later one was accepted before. */
export async function useTimeStep(
  db: Db,
  { id, userId }: Check,
  { secret, step }: { secret: string; step: number },
): Promise<boolean> {
  const { count } = await write(
    db,
    sql`
      UPDATE second_factors SET last_step = ${step}::integer, last_use_id = ${id}::uuid, checks = 0, retry_at = NULL
      WHERE user_id = ${userId} AND secret = ${secret}::text
        AND (last_step IS NULL OR last_step < ${step}::integer OR last_use_id = ${id}::uuid)
      RETURNING user_id`,
  );
  return count > 0;
}

/** Accepts a recovery code, once, and records it. */
export async function useRecoveryCode(
  db: Db,
  { id, userId, now }: Check,
  codeHash: string,
  event: SecurityEvent,
): Promise<boolean> {
  const wasUsed = sql`EXISTS (
    SELECT FROM recovery_codes WHERE user_id = ${userId}::uuid AND code_hash = ${codeHash}::text AND use_id = ${id}::uuid)`;
  const { used } = await batch(db, {
    used: sql`
      UPDATE recovery_codes SET used_at = ${toIso(now)}::timestamptz, use_id = ${id}::uuid
      WHERE user_id = ${userId} AND code_hash = ${codeHash}::text AND (used_at IS NULL OR use_id = ${id}::uuid)
      RETURNING user_id`,
    reset: sql`
      UPDATE second_factors SET checks = 0, retry_at = NULL WHERE user_id = ${userId} AND ${wasUsed}`,
    event: recordEventSql(event, wasUsed),
  });
  return used.count > 0;
}
