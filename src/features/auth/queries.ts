/** SQL of accounts and sessions. */
import { and, eq, not, sql, type SQL } from "drizzle-orm";
import { batch, type Db, run, write } from "../../db/client.ts";
import { violates } from "../../db/errors.ts";
import { sessions, users } from "../../db/schema.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { recordEventSql, type SecurityEvent } from "../audit/record.ts";
import { toEmailKey } from "./email.ts";
import { SESSION_TTL_SECONDS } from "./tokens.ts";

export type UserRow = typeof users.$inferSelect;

type NewUser = Pick<UserRow, "id" | "name" | "email" | "hashedPassword"> & { now: Date };

export type SessionRow = typeof sessions.$inferSelect;

export type NewSession = Pick<SessionRow, "id" | "userId" | "userAgent" | "country" | "method"> & {
  now: Date;
};

/** Creates the account, its first session and their events in one batch. Throws `email_taken`. */
export async function insertUser(
  db: Db,
  user: NewUser,
  session: NewSession,
  events: readonly SecurityEvent[],
  mails: readonly SQL[],
): Promise<UserRow> {
  const { now, ...columns } = user;
  const emailKey = toEmailKey(user.email);
  const row = { ...columns, emailKey, createdAt: now, updatedAt: now };
  try {
    await batch(db, {
      user: db.insert(users).values(row).onConflictDoNothing({ target: users.id }),
      session: insertSession(db, session),
      mails,
      events: events.map((event) => recordEventSql(event)),
    });
  } catch (error) {
    if (violates(error, "users_email_key")) throw new Problem("email_taken");
    throw error;
  }
  const initial = { pendingEmail: null, isActive: true, emailVerified: false, passwordVersion: 0 };
  return { ...row, ...initial, role: "user" };
}

/** The account with this address, in any spelling. */
export async function findUserByEmail(db: Db, email: string): Promise<UserRow | undefined> {
  const byEmail = eq(users.emailKey, toEmailKey(email));
  const rows = await run(db.select().from(users).where(byEmail));
  return rows[0];
}

/**
 * Starts a session and records the event, if the account is active and its password has not changed since it was read;
 * false otherwise.
 */
export async function startSession(
  db: Db,
  user: Pick<UserRow, "passwordVersion">,
  session: NewSession,
  event: SecurityEvent,
): Promise<boolean> {
  const hasStarted = sql`EXISTS (SELECT FROM sessions AS s WHERE s.id = ${session.id}::uuid)`;
  const { started } = await batch(db, {
    session: insertSessionOfSql(session, user.passwordVersion),
    event: recordEventSql(event, hasStarted),
    started: sql<{ has_started: boolean }>`SELECT ${hasStarted} AS has_started`,
  });
  return started.rows[0]?.has_started ?? false;
}

/**
 * Replaces the hash of the same password. Changes nothing when another one is stored by now: a parallel sign-in was
 * faster, or the password changed.
 */
export async function replaceHash(
  db: Db,
  userId: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await write(
    db,
    sql`
      UPDATE users SET hashed_password = ${to}::text
      WHERE id = ${userId}::uuid AND hashed_password = ${from}::text`,
  );
}

function insertSessionOfSql(
  { id, userId, userAgent, country, method, now }: NewSession,
  passwordVersion: number,
): SQL {
  const at = sql`${toIso(now)}::timestamptz`;
  return sql`
    INSERT INTO sessions (id, user_id, user_agent, country, method, created_at, last_seen_at, expires_at)
    SELECT ${id}::uuid, u.id, ${userAgent}::text, ${country}::text, ${method}::text, ${at}, ${at},
      ${at} + make_interval(secs => ${SESSION_TTL_SECONDS}::int)
    FROM users AS u
    WHERE u.id = ${userId}::uuid AND u.is_active AND u.password_version = ${passwordVersion}::int
    FOR SHARE
    ON CONFLICT (id) DO NOTHING`;
}

function insertSession(db: Db, { now, ...columns }: NewSession) {
  const expiresAt = new Date(now.getTime() + SESSION_TTL_SECONDS * 1000);
  const row = { ...columns, createdAt: now, lastSeenAt: now, expiresAt };
  return db.insert(sessions).values(row).onConflictDoNothing({ target: sessions.id });
}

/** The signed-in account. Throws `invalid_token` when it was deleted. */
export async function getUser(db: Db, userId: string): Promise<UserRow> {
  const rows = await run(db.select().from(users).where(isUser(userId)));
  return rows[0] ?? throwInvalidToken();
}

/** Updates the account. Throws `invalid_token` when it was deleted. */
export async function changeUser(
  db: Db,
  userId: string,
  changes: { name: string },
  now: Date,
): Promise<UserRow> {
  const set = { ...changes, updatedAt: now };
  const rows = await run(db.update(users).set(set).where(isUser(userId)).returning());
  return rows[0] ?? throwInvalidToken();
}

/** The row of a very large account is left for some minutes after the account was erased. */
export function isUser(userId: string) {
  const isErased = sql`EXISTS (SELECT FROM erasures AS e WHERE e.user_id = ${users.id})`;
  return and(eq(users.id, userId), not(isErased));
}

function throwInvalidToken(): never {
  throw new Problem("invalid_token");
}
