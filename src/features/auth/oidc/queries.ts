/** SQL of identities and of the codes by which API clients sign in. */
import { and, eq, sql } from "drizzle-orm";
import type { Identity } from "../../../clients/oidc.ts";
import { batch, type Db, run, write } from "../../../db/client.ts";
import { identities, signInCodes } from "../../../db/schema-sign-in.ts";
import { users } from "../../../db/schema.ts";
import { toIso } from "../../../lib/clock.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { toEmailKey } from "../email.ts";
import type { UserRow } from "../queries.ts";
import type { AccessClaims } from "../tokens.ts";

type IdentityKey = Pick<Identity, "issuer" | "subject">;

/** The account that the identity is linked to. */
export async function findUserByIdentity(
  db: Db,
  { issuer, subject }: IdentityKey,
): Promise<UserRow | undefined> {
  const isSame = and(eq(identities.issuer, issuer), eq(identities.subject, subject));
  const linked = db
    .select({ user: users })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(isSame);
  const rows = await run(linked);
  return rows[0]?.user;
}

type NewAccount = Pick<UserRow, "id" | "name" | "email" | "emailVerified"> & { now: Date };

/**
 * Creates an account without a password, and links the identity. False if there is an account of the address
 * or of the identity already.
 */
export async function insertAccount(
  db: Db,
  { id, name, email, emailVerified, now }: NewAccount,
  { issuer, subject }: IdentityKey,
  events: SecurityEvent[],
): Promise<boolean> {
  const at = sql`${toIso(now)}::timestamptz`;
  const isThere = sql`EXISTS (SELECT FROM users WHERE id = ${id}::uuid)`;
  const { there } = await batch(db, {
    account: sql`
      INSERT INTO users (id, name, email, email_key, email_verified, created_at, updated_at)
      SELECT ${id}::uuid, ${name}::text, ${email}::text, ${toEmailKey(email)}::text, ${emailVerified}::boolean, ${at}, ${at}
      WHERE NOT EXISTS (SELECT FROM identities WHERE issuer = ${issuer}::text AND subject = ${subject}::text)
      ON CONFLICT DO NOTHING`,
    identity: sql`
      INSERT INTO identities (issuer, subject, user_id, created_at)
      SELECT ${issuer}::text, ${subject}::text, ${id}::uuid, ${at} WHERE ${isThere}
      ON CONFLICT DO NOTHING`,
    // Another request may have linked the identity in between: an account without any could not be opened.
    orphan: sql`
      DELETE FROM users WHERE id = ${id}::uuid
        AND NOT EXISTS (SELECT FROM identities WHERE user_id = ${id}::uuid)`,
    there: sql<{ is_there: boolean }>`SELECT ${isThere} AS is_there`,
    events: events.map((event) => recordEventSql(event, isThere)),
  });
  return there.rows[0]?.is_there ?? false;
}

/** Which account an identity is linked to, if it may be. */
type Link = { identity: IdentityKey; event: SecurityEvent };

/**
 * Links the identity to the account with this address, if that is verified, has no password, and no other
 * identity of the provider. False if there is no such account.
 */
export async function linkByEmail(db: Db, email: string, link: Link): Promise<boolean> {
  const owner = sql`
    SELECT id FROM users WHERE email_key = ${toEmailKey(email)}::text
      AND hashed_password IS NULL AND email_verified`;
  return insertIdentity(db, owner, link);
}

/** Links the identity to the account of a live session. False if either has another link. */
export async function linkToSession(
  db: Db,
  { userId, sessionId }: AccessClaims,
  link: Link,
): Promise<boolean> {
  const owner = sql`
    SELECT user_id AS id FROM sessions
    WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid AND ended_at IS NULL`;
  return insertIdentity(db, owner, link);
}

async function insertIdentity(
  db: Db,
  owner: ReturnType<typeof sql>,
  { identity: { issuer, subject }, event }: Link,
): Promise<boolean> {
  const isSame = sql`issuer = ${issuer}::text AND subject = ${subject}::text`;
  const at = sql`${toIso(event.now)}::timestamptz`;
  // An identity that was linked before is no event.
  const isNew = sql`EXISTS (
    SELECT FROM identities WHERE ${isSame} AND user_id = ${event.userId}::uuid AND created_at = ${at})`;
  const { linked } = await batch(db, {
    identity: sql`
      INSERT INTO identities (issuer, subject, user_id, created_at)
      SELECT ${issuer}::text, ${subject}::text, owner.id, ${at} FROM (${owner}) AS owner
      ON CONFLICT DO NOTHING`,
    linked: sql<{ is_linked: boolean }>`
      SELECT EXISTS (SELECT FROM identities WHERE ${isSame} AND user_id IN (${owner})) AS is_linked`,
    event: recordEventSql(event, isNew),
  });
  return linked.rows[0]?.is_linked ?? false;
}

/** Changes the role, unless it has changed meanwhile. */
export async function changeRole(
  db: Db,
  { id, role }: Pick<UserRow, "id" | "role">,
  to: UserRow["role"],
  event: SecurityEvent,
): Promise<void> {
  const at = sql`${toIso(event.now)}::timestamptz`;
  await batch(db, {
    changed: sql`
      UPDATE users SET role = ${to}::text, updated_at = ${at} WHERE id = ${id} AND role = ${role}::text`,
    event: recordEventSql(
      event,
      sql`EXISTS (SELECT FROM users WHERE id = ${id}::uuid AND role = ${to}::text AND updated_at = ${at})`,
    ),
  });
}

type NewCode = typeof signInCodes.$inferInsert & { now: Date };

/** Stores a code, and deletes those that have expired. */
export async function insertCode(db: Db, { now, ...row }: NewCode): Promise<void> {
  await batch(db, {
    expired: sql`DELETE FROM sign_in_codes WHERE expires_at <= ${toIso(now)}::timestamptz`,
    code: db.insert(signInCodes).values(row).onConflictDoNothing(),
  });
}

/**
 * Uses a code, once; returns its account. `challenge`: of the verifier that the client has sent. `useId`:
 * made before, so that a repeated statement is the same use.
 */
export async function useCode(
  db: Db,
  code: { codeHash: string; challenge: string | null; useId: string; now: Date },
): Promise<string | undefined> {
  const { codeHash, challenge, useId, now } = code;
  const { rows } = await write(
    db,
    sql<{ user_id: string }>`
      UPDATE sign_in_codes SET use_id = ${useId}::uuid
      WHERE code_hash = ${codeHash}::text AND expires_at > ${toIso(now)}::timestamptz
        AND (use_id IS NULL OR use_id = ${useId}::uuid)
        AND (code_challenge IS NULL OR code_challenge = ${challenge}::text)
      RETURNING user_id`,
  );
  return rows[0]?.user_id;
}
