/** The documents of a turn: those that its user message names, and all that are in its context. */
import { uuidArray } from "../../../db/uuid-array.ts";
import { sql, type SQL } from "drizzle-orm";
import { type Db, read } from "../../../db/client.ts";
import { Problem } from "../../../lib/problem.ts";
import type { TextPart } from "../../citations/document-text.ts";

export type Attachments = {
  /** Ids that the client names; each has to be a file of the owner's. Undefined without `file_ids`. */
  named: string[] | undefined;
  /** The id in a `file_url` of this server; ignored unless it is a file of the owner's. */
  linked: string | undefined;
  /** False: a file that is still in ingestion refuses the turn. */
  waits: boolean;
};

/** The newest documents of a path stay in its context, up to this many. */
const MAX_CONTEXT_FILES = 50;

/** True where the request names files. */
export function hasAttachments({ named, linked }: Attachments): boolean {
  return named !== undefined || linked !== undefined;
}

/** The attachments that the owner has, in the client's order: a `uuid[]`. */
export function ownFilesSql(ownerId: string, files: Attachments): SQL {
  const ids = idsOf(files);
  if (ids.length === 0) return uuidArray([]);
  return sql`ARRAY(
    SELECT f.id FROM unnest(${uuidArray(ids)}) WITH ORDINALITY AS u (id, ordinal)
    JOIN files AS f ON f.id = u.id AND f.user_id = ${ownerId} ORDER BY u.ordinal)`;
}

/** The files of a message that its parent does not have: a `uuid[]`. */
export function filesBeyondSql(files: SQL, parentFiles: SQL): SQL {
  return sql`ARRAY(
    SELECT u.id FROM unnest(${files}) WITH ORDINALITY AS u (id, ordinal)
    WHERE u.id <> ALL (${parentFiles}) ORDER BY u.ordinal)`;
}

/** A message's own files and inherited ones, each once, the newest first: a `uuid[]`. */
export function filesInContextSql(own: SQL, inherited: SQL): SQL {
  return sql`ARRAY(
    SELECT u.id FROM unnest(${own} || ${inherited}) WITH ORDINALITY AS u (id, ordinal)
    GROUP BY u.id ORDER BY min(u.ordinal) LIMIT ${MAX_CONTEXT_FILES}::int)`;
}

/** Locks the attachments until the batch ends, so that all its statements see the same; undefined without any. */
export function lockFilesSql(ownerId: string, files: Attachments): SQL | undefined {
  const ids = idsOf(files);
  if (ids.length === 0) return undefined;
  return sql`
    SELECT id FROM files WHERE user_id = ${ownerId} AND id = ANY(${uuidArray(ids)}) ORDER BY id FOR SHARE`;
}

/** The condition under which a turn may begin with its own files and the inherited ones. */
export function allowsTurnSql(ownerId: string, files: Attachments, own: SQL, inherited: SQL): SQL {
  const { named, waits } = files;
  const areFound = named?.length
    ? sql`${countOf(ownerId, named)} = ${named.length}::int`
    : sql`true`;
  const areSettled = waits
    ? sql`true`
    : sql`NOT ${hasIngestionSql(ownerId, sql`${own} || ${inherited}`)}`;
  return sql`${areFound} AND NOT ${hasFailedSql(ownerId, own)} AND ${areSettled}`;
}

type FileStates = { found: number; has_failed: boolean; has_unsettled: boolean };

/**
 * The problem of a turn that did not begin, where its files are the reason; undefined where they are not, or not
 * any more. `target` selects `own` and `inherited`; the problem is `not_found` where it selects nothing.
 */
export async function findFileProblem(
  db: Db,
  ownerId: string,
  { named = [], waits }: Attachments,
  target: SQL,
): Promise<Problem | undefined> {
  const rows = await read(
    db,
    sql<FileStates>`
      WITH target AS (${target})
      SELECT ${countOf(ownerId, named)} AS found, ${hasFailedSql(ownerId, sql`target.own`)} AS has_failed,
        ${hasIngestionSql(ownerId, sql`target.own || target.inherited`)} AS has_unsettled
      FROM target`,
  );
  const files = rows[0];
  if (!files || files.found < named.length) return new Problem("not_found");
  if (files.has_failed) return new Problem("file_failed");
  return files.has_unsettled && !waits ? new Problem("file_processing") : undefined;
}

/** Inserts the rows that link the files of inserted messages, and the attachments of mails, to their chats. */
export function linkFilesSql(ownerId: string, inserted: SQL): SQL {
  return sql`
    INSERT INTO chat_files (chat_id, file_id)
    SELECT m.chat_id, f.id FROM ${inserted} AS m JOIN files AS f
      ON f.user_id = ${ownerId} AND (f.id = ANY(m.file_ids) OR f.parent_file_id = ANY(m.file_ids))
    ON CONFLICT DO NOTHING`;
}

function idsOf({ named = [], linked }: Attachments): string[] {
  return [...new Set([...named, ...(linked === undefined ? [] : [linked])])];
}

function countOf(ownerId: string, ids: readonly string[]): SQL {
  return sql`(
    SELECT count(*)::int FROM files AS f WHERE f.user_id = ${ownerId} AND f.id = ANY(${uuidArray(ids)}))`;
}

function hasFailedSql(ownerId: string, ids: SQL): SQL {
  return sql`EXISTS (
    SELECT FROM files AS f WHERE f.user_id = ${ownerId} AND f.id = ANY(${ids}) AND f.status = 'failed')`;
}

/** The files themselves, and those that came attached to a mail among them. */
function hasIngestionSql(ownerId: string, ids: SQL): SQL {
  return sql`EXISTS (
    SELECT FROM files AS f WHERE f.user_id = ${ownerId} AND (f.id = ANY(${ids}) OR f.parent_file_id = ANY(${ids}))
      AND f.status IN ('pending', 'processing'))`;
}

/** A document in the context of a user message: an attachment of its own, or of a message above it. */
export type ContextDocument = {
  id: string;
  name: string;
  status: "pending" | "processing" | "ready" | "failed";
  /** In code points; null until ingestion is done. */
  text_length: number | null;
  /** False where it is an attachment of a message above. */
  is_own: boolean;
  /**
   * Null while any document of the context is in ingestion. Then its whole text, where all of them together are
   * short enough, else its opening.
   */
  parts: TextPart[] | null;
};

type UserMessageKey = { userId: string; chatId: string; userMessageId: string };

const OPENING_LENGTH = 1_500;

/**
 * The documents in the context of a user message, whole where they have at most `mostCharacters` together. The
 * query is a database function (migration 0003), because most turns have no documents and need not plan it.
 */
export function contextDocumentsSql(
  { userId, chatId, userMessageId }: UserMessageKey,
  mostCharacters: number,
): SQL<ContextDocument> {
  return sql<ContextDocument>`
    SELECT * FROM context_documents(
      ${userId}, ${chatId}, ${userMessageId}, ${mostCharacters}::int, ${OPENING_LENGTH}::int)`;
}

/** The documents as they are now. One trip. */
export async function findContextDocuments(
  db: Db,
  key: UserMessageKey,
  mostCharacters: number,
): Promise<ContextDocument[]> {
  return read(db, contextDocumentsSql(key, mostCharacters));
}

/** True until ingestion has succeeded or failed. */
export function isInIngestion({ status }: ContextDocument): boolean {
  return status === "pending" || status === "processing";
}
