/**
 * Detaches an account's data: what a signed-in user could still find. Every query filters by owner, so a
 * chat or file without one is unreachable, and so is everything that hangs on it.
 */
import { sql, type SQL } from "drizzle-orm";

/**
 * The most rows of each table per portion: about half a second of Postgres in all, and a busy one that takes ten times
 * as long still ends it within the timeout of a call.
 */
const MOST_ROWS = 2_500;

/**
 * The statements of one portion, for a batch. Safe to repeat. They do nothing without the erasure's row.
 * Lock order: chats before files, as in every batch that writes both, and the user last. What the user's row
 * deletes with it is little: a second factor, codes, budgets, running turns.
 */
export function detachPortion(erasureId: string, at: string) {
  return {
    chats: detachChats(erasureId, at, MOST_ROWS),
    files: detachFiles(erasureId, MOST_ROWS),
    sessions: deleteRows("sessions", "sessions", erasureId, MOST_ROWS),
    keys: deleteRows("idempotency_keys", null, erasureId, MOST_ROWS),
    usage: deleteRows("ai_usage", "usage_records", erasureId, MOST_ROWS),
    details: deleteRows("security_event_details", "event_details", erasureId, MOST_ROWS),
    usageSums: deleteRows("usage_sums", null, erasureId, MOST_ROWS),
    usageTotals: deleteRows("usage_totals", null, erasureId, MOST_ROWS),
    usageDays: deleteRows("usage_days", null, erasureId, MOST_ROWS),
    // Of the first portion, so that the person can sign up again and no mail is sent.
    identities: deleteRows("identities", null, erasureId, MOST_ROWS),
    mails: deleteRows("mail_orders", null, erasureId, MOST_ROWS),
    mailLinks: deleteRows("email_tokens", null, erasureId, MOST_ROWS),
    apiKeys: deleteRows("api_keys", null, erasureId, MOST_ROWS),
    user: deleteUser(erasureId),
  };
}

/**
 * Newest activity first: those are the chats that somebody may be reading. Locked in the order of their ids, as in every
 * batch that locks more than one chat.
 */
function detachChats(erasureId: string, at: string, most: number): SQL {
  const gone = sql`
    UPDATE chats AS c SET user_id = NULL, deleted_at = ${at}::timestamptz, current_message_id = NULL,
      erasure_id = ${erasureId}::uuid
    FROM (
      SELECT c.id FROM (
        SELECT c.id, c.user_id FROM chats AS c JOIN erasures AS e ON e.user_id = c.user_id
        WHERE e.id = ${erasureId} ORDER BY c.updated_at DESC LIMIT ${most}::int
      ) AS newest JOIN chats AS c ON c.id = newest.id AND c.user_id = newest.user_id
      ORDER BY c.id FOR UPDATE OF c
    ) AS taken
    WHERE c.id = taken.id RETURNING c.id`;
  return counted("chats", erasureId, gone);
}

/** Another attempt number, because only the worker that holds the number may write. */
function detachFiles(erasureId: string, most: number): SQL {
  return sql`
    UPDATE files AS f SET user_id = NULL, erasure_id = ${erasureId}::uuid, parent_file_id = NULL,
      status = 'failed', processed = false, ingestion_attempt = f.ingestion_attempt + 1, embed_due_at = NULL
    FROM (
      SELECT f.id FROM files AS f JOIN erasures AS e ON e.user_id = f.user_id
      WHERE e.id = ${erasureId} ORDER BY f.id LIMIT ${most}::int FOR UPDATE OF f
    ) AS taken
    WHERE f.id = taken.id`;
}

type Deleted =
  | "sessions"
  | "idempotency_keys"
  | "ai_usage"
  | "security_event_details"
  | "usage_sums"
  | "usage_totals"
  | "usage_days"
  | "identities"
  | "mail_orders"
  | "email_tokens"
  | "api_keys";

function deleteRows(
  table: Deleted,
  counter: "sessions" | "usage_records" | "event_details" | null,
  erasureId: string,
  most: number,
): SQL {
  const gone = sql`
    DELETE FROM ${sql.raw(table)} WHERE ctid = ANY (ARRAY(
      SELECT r.ctid FROM ${sql.raw(table)} AS r JOIN erasures AS e ON e.user_id = r.user_id
      WHERE e.id = ${erasureId} LIMIT ${most}::int))`;
  return counter ? counted(counter, erasureId, sql`${gone} RETURNING user_id`) : gone;
}

/** Adds the number of rows that a statement returns to a counter of the erasure. */
function counted(counter: string, erasureId: string, returning: SQL): SQL {
  const name = sql.raw(counter);
  return sql`
    WITH gone AS (${returning})
    UPDATE erasures SET ${name} = ${name} + (SELECT count(*) FROM gone)
    WHERE id = ${erasureId} AND EXISTS (SELECT FROM gone)`;
}

/**
 * Deletes the user's row once little hangs on it: from then on its foreign keys let no late writer add
 * anything.
 */
function deleteUser(erasureId: string): SQL {
  return sql`
    DELETE FROM users AS u USING erasures AS e
    WHERE e.id = ${erasureId} AND u.id = e.user_id
      AND NOT EXISTS (SELECT FROM chats WHERE user_id = u.id)
      AND NOT EXISTS (SELECT FROM files WHERE user_id = u.id)
      AND NOT EXISTS (SELECT FROM sessions WHERE user_id = u.id)
      AND NOT EXISTS (SELECT FROM idempotency_keys WHERE user_id = u.id)
      AND NOT EXISTS (SELECT FROM usage_sums WHERE user_id = u.id)
      AND NOT EXISTS (SELECT FROM usage_totals WHERE user_id = u.id)
      AND NOT EXISTS (SELECT FROM usage_days WHERE user_id = u.id)`;
}
