/** The documents that a question brings along, as conditions and columns of the turn's beginning. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, read } from "../../../db/client.ts";
import { Problem } from "../../../lib/problem.ts";

export type Attachments = {
  /** Ids that the client names: each has to be a file of the owner's. Undefined where it names none. */
  named: string[] | undefined;
  /** The id in a `file_url` of ours: a mere text, unless it is a file of the owner's. */
  linked: string | undefined;
  /** False: a file that is still being read refuses the turn. */
  waits: boolean;
};

/** As many documents stay in reach, the newest. */
const MAX_CONTEXT_FILES = 50;

const NONE = sql`'{}'::uuid[]`;

/** True where the client says which files a question brings. */
export function hasAttachments({ named, linked }: Attachments): boolean {
  return named !== undefined || linked !== undefined;
}

/** The files that the client speaks of and the owner has, in the client's order: a `uuid[]`. */
export function ownFilesSql(ownerId: string, files: Attachments): SQL {
  const ids = idsOf(files);
  if (ids.length === 0) return NONE;
  return sql`ARRAY(
    SELECT f.id FROM unnest(${uuids(ids)}) WITH ORDINALITY AS u (id, ordinal)
    JOIN files AS f ON f.id = u.id AND f.user_id = ${ownerId} ORDER BY u.ordinal)`;
}

/** The files of a message that its parent had not: a `uuid[]`. */
export function filesBeyondSql(own: SQL, parents: SQL): SQL {
  return sql`ARRAY(
    SELECT u.id FROM unnest(${own}) WITH ORDINALITY AS u (id, ordinal)
    WHERE u.id <> ALL (${parents}) ORDER BY u.ordinal)`;
}

/** A message's own documents and those above it, each once, the newest first: a `uuid[]`. */
export function filesInContextSql(own: SQL, inherited: SQL): SQL {
  return sql`ARRAY(
    SELECT u.id FROM unnest(${own} || ${inherited}) WITH ORDINALITY AS u (id, ordinal)
    GROUP BY u.id ORDER BY min(u.ordinal) LIMIT ${MAX_CONTEXT_FILES}::int)`;
}

/**
 * Keeps the files as they are until the batch ends, so that its statements agree about them; undefined
 * where there are none to keep.
 */
export function lockFilesSql(ownerId: string, files: Attachments): SQL | undefined {
  const ids = idsOf(files);
  if (ids.length === 0) return undefined;
  return sql`
    SELECT id FROM files WHERE user_id = ${ownerId} AND id = ANY(${uuids(ids)}) ORDER BY id FOR SHARE`;
}

/** A condition of the turn's beginning, over its own files and those above it. */
export function allowsTurnSql(ownerId: string, files: Attachments, own: SQL, inherited: SQL): SQL {
  const { named, waits } = files;
  const areKnown = named?.length
    ? sql`${countOf(ownerId, named)} = ${named.length}::int`
    : sql`true`;
  const areRead = waits
    ? sql`true`
    : sql`NOT ${isAny(ownerId, sql`${own} || ${inherited}`, UNREAD)}`;
  return sql`${areKnown} AND NOT ${isAny(ownerId, own, FAILED)} AND ${areRead}`;
}

const FAILED = sql.raw("f.status = 'failed'");
const UNREAD = sql.raw("f.status IN ('pending', 'processing')");

type Found = { known: number; is_failed: boolean; is_unread: boolean };

/**
 * Why a turn did not begin, where its files are the reason; undefined where they are not, or not any more.
 * `target` selects `own` and `inherited`. Throws `not_found` where it selects nothing.
 */
export async function explainRefusal(
  db: Db,
  ownerId: string,
  { named = [], waits }: Attachments,
  target: SQL,
): Promise<Problem | undefined> {
  const rows = await read(
    db,
    sql<Found>`
      WITH target AS (${target})
      SELECT ${countOf(ownerId, named)} AS known, ${isAny(ownerId, sql`target.own`, FAILED)} AS is_failed,
        ${isAny(ownerId, sql`target.own || target.inherited`, UNREAD)} AS is_unread
      FROM target`,
  );
  const found = rows[0];
  if (!found || found.known < named.length) return new Problem("not_found");
  if (found.is_failed) return new Problem("file_failed");
  return found.is_unread && !waits ? new Problem("file_processing") : undefined;
}

/** The rows that tell which chats a file is asked about in. */
export function linkFilesSql(ownerId: string, from: SQL): SQL {
  return sql`
    INSERT INTO chat_files (chat_id, file_id)
    SELECT asked.chat_id, f.id FROM ${from} AS asked JOIN files AS f
      ON f.user_id = ${ownerId} AND f.id = ANY(asked.file_ids)
    ON CONFLICT DO NOTHING`;
}

function idsOf({ named = [], linked }: Attachments): string[] {
  return [...new Set([...named, ...(linked === undefined ? [] : [linked])])];
}

function countOf(ownerId: string, ids: readonly string[]): SQL {
  return sql`(
    SELECT count(*)::int FROM files AS f WHERE f.user_id = ${ownerId} AND f.id = ANY(${uuids(ids)}))`;
}

function isAny(ownerId: string, ids: SQL, condition: SQL): SQL {
  return sql`EXISTS (
    SELECT FROM files AS f WHERE f.user_id = ${ownerId} AND f.id = ANY(${ids}) AND ${condition})`;
}

function uuids(ids: readonly string[]): SQL {
  return sql`${`{${ids.join(",")}}`}::uuid[]`;
}
