/**
 * A live socket in Postgres: the ticket that opens it once, and its activity after that. A browser cannot send
 * headers with a socket, and a token in a URL would be logged on its way; a ticket is valid once, for a minute.
 */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, write } from "../../../db/client.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import { toIso } from "../../../lib/clock.ts";
import type { Principal } from "../../../lib/principal.ts";
import { Problem } from "../../../lib/problem.ts";

export const TICKET_TTL_SECONDS = 60;

/** How long the rows of closed sockets and unused tickets are kept. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** `chatId`: null for a ticket of all chats, which opens a socket of the AI SDK. */
type NewTicket = { id: string; ticket: string; chatId: string | null; now: number };

/** Inserts a ticket for one or all of the owner's chats. Throws `not_found`, or `invalid_token` without a session. */
export async function insertTicket(
  db: Db,
  { userId, sessionId }: Pick<Principal, "userId" | "sessionId">,
  { id, ticket, chatId, now }: NewTicket,
): Promise<void> {
  const token = await sha256OfText(ticket);
  const at = new Date(now).toISOString();
  const keptSince = new Date(now - KEPT_MS).toISOString();
  const { found } = await batch(db, {
    found: sql<{ chat: boolean; session: boolean }>`
        WITH found AS (
          SELECT ${chatId}::uuid IS NULL
              OR EXISTS (SELECT FROM chats WHERE id = ${chatId}::uuid AND user_id = ${userId}) AS chat,
            EXISTS (
              SELECT FROM sessions WHERE id = ${sessionId} AND user_id = ${userId}
                AND ended_at IS NULL AND expires_at > ${at}::timestamptz
            ) AS session
        ), inserted AS (
          INSERT INTO chat_sessions
            (id, user_id, chat_id, session_id, session_token, is_active, last_activity, created_at)
          SELECT ${id}::uuid, ${userId}::uuid, ${chatId}::uuid, ${sessionId}::uuid, ${token}, false,
            ${at}::timestamptz, ${at}::timestamptz
          FROM found WHERE chat AND session
          ON CONFLICT (id) DO NOTHING
        )
        SELECT chat, session FROM found`,
    swept: sql`
      DELETE FROM chat_sessions
      WHERE user_id = ${userId} AND NOT is_active AND last_activity < ${keptSince}::timestamptz`,
  });
  const { chat, session } = found.rows[0] ?? {};
  if (!session) throw new Problem("invalid_token");
  if (!chat) throw new Problem("not_found");
}

/** The socket that a ticket opens. `expiresAt`: when its session does, in milliseconds since the epoch. */
export type SocketKey = { rowId: string; userId: string; sessionId: string; expiresAt?: number };

/** Open sockets of a user. */
const MOST_SOCKETS = 64;

/** A socket without activity for so long does not count: it sleeps, or its room crashed. */
const COUNTED_MS = 15 * 60 * 1000;

type TakenRow = Record<"rowId" | "userId" | "sessionId" | "expiresAt", string> & {
  isActive: boolean;
};

/** A request for a socket. `rowId` exists before the write, so that a repeated write finds its own row. */
type TicketUse = { rowId: string; chatId: string; ticket: string; now: number };

/**
 * Takes a ticket; undefined for one that is unknown, used, expired, of another chat, or of a session that has
 * ended; "too_many" where the user has as many sockets as allowed. A guarded statement, so that one of many
 * concurrent requests wins; the user's row is locked, because sockets are counted. The session is locked too:
 * it ends either before this statement, which then finds it ended, or after it, and then finds the socket.
 */
export async function takeTicket(
  db: Db,
  use: TicketUse,
): Promise<SocketKey | "too_many" | undefined> {
  const token = await sha256OfText(use.ticket);
  const { taken } = await batch(db, {
    lock: sql`
      SELECT FROM users AS u
      WHERE u.id = (SELECT user_id FROM chat_sessions WHERE session_token = ${token})
      FOR NO KEY UPDATE`,
    taken: takeTicketSql(use, token),
  });
  const [row] = taken.rows;
  if (!row) return undefined;
  const { isActive, expiresAt, ...key } = row;
  return isActive ? { ...key, expiresAt: Date.parse(toIso(expiresAt)) } : "too_many";
}

/** The ticket `w` is unused, or used by this very attempt, whose response was lost. */
const isFree = (rowId: string) => sql`(w.used_at IS NULL OR w.id = ${rowId}::uuid)`;

/** An unused ticket of this time has just expired. */
const bornAfter = (now: number) => toIso(new Date(now - TICKET_TTL_SECONDS * 1000));

function takeTicketSql({ rowId, chatId, now }: TicketUse, token: string): SQL<TakenRow> {
  const at = toIso(new Date(now));
  const countedSince = toIso(new Date(now - COUNTED_MS));
  return sql<TakenRow>`
    WITH ticket AS (
      SELECT w.id, w.user_id, s.expires_at
      FROM chat_sessions AS w JOIN sessions AS s ON s.id = w.session_id
      JOIN chats AS c ON c.id = w.chat_id AND c.user_id = w.user_id
      WHERE w.session_token = ${token} AND w.chat_id = ${chatId} AND ${isFree(rowId)}
        AND w.created_at > ${bornAfter(now)}::timestamptz
        AND s.ended_at IS NULL AND s.expires_at > ${at}::timestamptz
      FOR SHARE OF s
    ), open AS (
      SELECT count(*) AS sockets FROM chat_sessions AS o JOIN ticket ON ticket.user_id = o.user_id
      WHERE o.is_active AND o.id <> ${rowId}::uuid AND o.last_activity > ${countedSince}::timestamptz
    )
    UPDATE chat_sessions AS w
    SET id = ${rowId}::uuid, used_at = ${at}::timestamptz, last_activity = ${at}::timestamptz,
      is_active = (SELECT sockets < ${MOST_SOCKETS}::int FROM open)
    FROM ticket WHERE w.id = ticket.id AND ${isFree(rowId)}
    RETURNING w.id AS "rowId", w.user_id AS "userId", w.session_id AS "sessionId",
      w.is_active AS "isActive", ticket.expires_at AS "expiresAt"`;
}

/** What a ticket signs in to. `chatId`: the only chat that may be named; null for all of the user. */
type TicketSignIn = { userId: string; sessionId: string; chatId: string | null };

/**
 * Takes a ticket for a socket that ends in the Worker; undefined for one that is unknown, used, expired, or of a
 * session that has ended. That socket asks for itself whether its session has ended, so its row is never active.
 */
export async function takeTicketToSignIn(
  db: Db,
  { rowId, ticket, now }: Omit<TicketUse, "chatId">,
): Promise<TicketSignIn | undefined> {
  const token = await sha256OfText(ticket);
  const at = toIso(new Date(now));
  const { rows } = await write(
    db,
    sql<TicketSignIn>`
      UPDATE chat_sessions AS w
      SET id = ${rowId}::uuid, used_at = ${at}::timestamptz, last_activity = ${at}::timestamptz
      FROM sessions AS s
      WHERE w.session_token = ${token} AND ${isFree(rowId)}
        AND w.created_at > ${bornAfter(now)}::timestamptz
        AND s.id = w.session_id AND s.ended_at IS NULL AND s.expires_at > ${at}::timestamptz
      RETURNING w.user_id AS "userId", w.session_id AS "sessionId", w.chat_id AS "chatId"`,
  );
  return rows[0];
}

/** Saves that the socket is in use; false where its session has ended or its chat is deleted. */
export async function saveSocketActivity(
  db: Db,
  { rowId, userId }: SocketKey,
  now: number,
): Promise<boolean> {
  const at = new Date(now).toISOString();
  const { rows } = await write(
    db,
    sql`
      UPDATE chat_sessions AS w SET last_activity = ${at}::timestamptz
      FROM sessions AS s, chats AS c
      WHERE w.id = ${rowId} AND w.user_id = ${userId} AND w.is_active AND s.id = w.session_id
        AND c.id = w.chat_id AND c.user_id = w.user_id
        AND s.ended_at IS NULL AND s.expires_at > ${at}::timestamptz
      RETURNING w.id`,
  );
  return rows.length > 0;
}

/** Saves that the socket is closed. */
export async function saveSocketClosed(
  db: Db,
  { rowId, userId }: SocketKey,
  now: number,
): Promise<void> {
  const at = new Date(now).toISOString();
  await write(
    db,
    sql`
      UPDATE chat_sessions SET is_active = false, last_activity = ${at}::timestamptz
      WHERE id = ${rowId} AND user_id = ${userId} AND is_active`,
  );
}
