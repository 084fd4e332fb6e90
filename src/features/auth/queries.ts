/** SQL of accounts and sessions. */
import { and, eq, gt, gte, isNull, sql } from "drizzle-orm";
import { batch, type Db, run } from "../../db/client.ts";
import { violates } from "../../db/errors.ts";
import { sessions, users } from "../../db/schema.ts";
import { Problem } from "../../lib/problem.ts";
import { recordEventSql, type SecurityEvent } from "../audit/record.ts";
import { toEmailKey } from "./email.ts";
import { selectWatched, type SessionChat } from "./session-end.ts";
import { SESSION_TTL_SECONDS } from "./tokens.ts";

export type UserRow = typeof users.$inferSelect;

const IDLE_DAYS = 14;

type NewUser = Pick<UserRow, "id" | "name" | "email" | "hashedPassword"> & { now: Date };

type SessionRow = typeof sessions.$inferSelect;

export type NewSession = Pick<SessionRow, "id" | "userId" | "userAgent" | "country" | "method"> & {
  now: Date;
};

/** Creates the account, its first session and their events in one batch. Throws `email_taken`. */
export async function insertUser(
  db: Db,
  user: NewUser,
  session: NewSession,
  events: readonly SecurityEvent[],
): Promise<UserRow> {
  const { now, ...columns } = user;
  const emailKey = toEmailKey(user.email);
  const row = { ...columns, emailKey, createdAt: now, updatedAt: now };
  try {
    await batch(db, {
      user: db.insert(users).values(row).onConflictDoNothing({ target: users.id }),
      session: insertSession(db, session),
      events: events.map((event) => recordEventSql(event)),
    });
  } catch (error) {
    if (violates(error, "users_email_key")) throw new Problem("email_taken");
    throw error;
  }
  return { ...row, pendingEmail: null, isActive: true, emailVerified: false, role: "user" };
}

/** The account with this address, in any spelling. */
export async function findUserByEmail(db: Db, email: string): Promise<UserRow | undefined> {
  const byEmail = eq(users.emailKey, toEmailKey(email));
  const rows = await run(db.select().from(users).where(byEmail));
  return rows[0];
}

/** Starts a session and records the event. */
export async function startSession(
  db: Db,
  session: NewSession,
  event: SecurityEvent,
): Promise<void> {
  await batch(db, { session: insertSession(db, session), event: recordEventSql(event) });
}

function insertSession(db: Db, { now, ...columns }: NewSession) {
  const expiresAt = new Date(now.getTime() + SESSION_TTL_SECONDS * 1000);
  const row = { ...columns, createdAt: now, lastSeenAt: now, expiresAt };
  return db.insert(sessions).values(row).onConflictDoNothing({ target: sessions.id });
}

/** The outcome of a refresh: the session's new counter, or why the token was refused. */
type Rotation = { refreshCounter: number } | "ended" | "replayed";

/** `watched`: the chats that the session may be subscribed to, if it has ended. */
type Refreshed = { rotation: Rotation; watched: SessionChat[] };

/**
 * Increments the counter of a live session when the token has the current one. A token one behind gets
 * the current counter (its response was lost, or a parallel request was faster); an older token was
 * replayed and ends the session. One guarded statement, so that twenty parallel refreshes increment the
 * counter once.
 */
export async function rotateSession(
  db: Db,
  token: { sessionId: string; userId: string; refreshCounter: number },
  now: Date,
): Promise<Refreshed> {
  const { advanced, watched } = await batch(db, {
    advanced: advance(db, token, now),
    watched: selectWatched(token.sessionId),
  });
  return { rotation: toRotation(advanced[0]), watched: watched.rows };
}

function toRotation(row: Pick<SessionRow, "refreshCounter" | "endedAt"> | undefined): Rotation {
  if (!row) return "ended";
  return row.endedAt ? "replayed" : { refreshCounter: row.refreshCounter };
}

function advance(
  db: Db,
  {
    sessionId,
    userId,
    refreshCounter,
  }: { sessionId: string; userId: string; refreshCounter: number },
  now: Date,
) {
  const idleSince = new Date(now.getTime() - IDLE_DAYS * 24 * 60 * 60 * 1000);
  const replayed = sql`${sessions.refreshCounter} > ${refreshCounter} + 1`;
  return db
    .update(sessions)
    .set({
      refreshCounter: sql`CASE WHEN ${sessions.refreshCounter} = ${refreshCounter} THEN ${refreshCounter} + 1 ELSE ${sessions.refreshCounter} END`,
      lastSeenAt: now,
      endedAt: sql`CASE WHEN ${replayed} THEN ${now.toISOString()}::timestamptz END`,
    })
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.userId, userId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        gte(sessions.lastSeenAt, idleSince),
        gte(sessions.refreshCounter, refreshCounter),
      ),
    )
    .returning({ refreshCounter: sessions.refreshCounter, endedAt: sessions.endedAt });
}

/**
 * Ends a session; does nothing if it has ended or does not exist. Returns the chats that it may be
 * subscribed to.
 */
export async function endSession(db: Db, sessionId: string, now: Date): Promise<SessionChat[]> {
  const live = and(eq(sessions.id, sessionId), isNull(sessions.endedAt));
  const { watched } = await batch(db, {
    ended: db.update(sessions).set({ endedAt: now }).where(live),
    watched: selectWatched(sessionId),
  });
  return watched.rows;
}

/** The signed-in account. Throws `invalid_token` when it was deleted. */
export async function getUser(db: Db, userId: string): Promise<UserRow> {
  const rows = await run(db.select().from(users).where(eq(users.id, userId)));
  return rows[0] ?? throwInvalidToken();
}

/** Changes of an account. `pendingEmail` takes effect once it is verified; null withdraws it. */
type UserChanges = { name?: string; pendingEmail?: string | null };

/** Updates the account. Throws `invalid_token` when it was deleted. */
export async function changeUser(
  db: Db,
  userId: string,
  changes: UserChanges,
  now: Date,
): Promise<UserRow> {
  const set = { ...changes, updatedAt: now };
  const rows = await run(db.update(users).set(set).where(eq(users.id, userId)).returning());
  return rows[0] ?? throwInvalidToken();
}

function throwInvalidToken(): never {
  throw new Problem("invalid_token");
}
