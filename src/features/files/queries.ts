/** SQL of files. */
import { and, eq, sql, type SQL } from "drizzle-orm";
import { batch, type Db, read, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { files } from "../../db/schema-documents.ts";
import { PAGE_BYTES } from "../../lib/page-bytes.ts";
import { Problem } from "../../lib/problem.ts";
import type { TextRegion } from "../../lib/text-regions.ts";
import type { Ingestion } from "../retrieval/indexing/builds.ts";

/** The columns of a file, from a table or query named `f`. */
export const fileColumns = columnsSql(files, "f", [
  "id",
  "userId",
  "originalName",
  "filePath",
  "fileSize",
  "contentType",
  "status",
  "failureCode",
  "encoding",
  "encodingCandidates",
  "parentFileId",
  "sha256",
  "pageCount",
  "scannedPages",
  "pagesDone",
  "pagesFailed",
  "unreadable",
  "textLength",
  "ingestionAttempt",
  "createdAt",
]);

/**
 * A file with an owner: those of erased accounts have none, and no query by owner finds them. Times and
 * int8 are Postgres text.
 */
export type FileRow = RowOfList<typeof fileColumns> & { user_id: string };

/** SQL condition: the attempt is the file's newest and has not ended. */
export function isProcessing({ fileId, ingestionAttempt }: Ingestion): SQL | undefined {
  return and(
    eq(files.id, fileId),
    eq(files.ingestionAttempt, ingestionAttempt),
    eq(files.status, "processing"),
  );
}

/** The sort key of the list of files. */
export type FilePosition = { createdAt: string; id: string };

type FileFilter = { limit: number; offset: number; cursor?: FilePosition | undefined };

/** A page of the owner's files, newest first, with one extra row if there are more. */
export async function listFiles(
  db: Db,
  ownerId: string,
  { limit, offset, cursor }: FileFilter,
): Promise<FileRow[]> {
  const isAfterCursor = cursor
    ? sql`(f.created_at, f.id) < (${cursor.createdAt}::timestamptz, ${cursor.id}::uuid)`
    : sql`true`;
  return read(
    db,
    sql<FileRow>`
      SELECT ${fileColumns} FROM files AS f WHERE f.user_id = ${ownerId} AND ${isAfterCursor}
      ORDER BY f.created_at DESC, f.id DESC
      LIMIT ${limit + 1}::int OFFSET ${cursor ? 0 : offset}::int`,
  );
}

/** Throws `not_found`. */
export async function getFile(db: Db, ownerId: string, fileId: string): Promise<FileRow> {
  const row = await readOne(
    db,
    sql<FileRow>`
      SELECT ${fileColumns} FROM files AS f WHERE f.id = ${fileId} AND f.user_id = ${ownerId}`,
  );
  if (!row) throw new Problem("not_found");
  return row;
}

/**
 * Deletes the file and its attachments with their texts and passages, and returns the key of its object.
 * Raises the version of every chat that has one of them attached, because the status of its citations
 * changes. Throws `not_found`.
 */
export async function deleteFile(db: Db, ownerId: string, fileId: string): Promise<string> {
  const { deletion } = await batch(db, {
    locked: lockChatsOf(fileId, ownerId),
    deletion: sql<{ gone: string | null; is_there: boolean }>`
        WITH gone AS (
          DELETE FROM files WHERE id = ${fileId} AND user_id = ${ownerId} RETURNING id, file_path
        ), raised AS (
          UPDATE chats AS c SET version = c.version + 1
          FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
          WHERE ${isOrHangsOn(fileId)} AND EXISTS (SELECT FROM gone)
            AND c.id = cf.chat_id AND c.user_id = ${ownerId}
        )
        SELECT (SELECT file_path FROM gone) AS gone,
          EXISTS (SELECT FROM files WHERE id = ${fileId}) AS is_there`,
  });
  const [row] = deletion.rows;
  if (row?.gone) return row.gone;
  // The first call may have deleted it although its response was lost.
  if (deletion.wasRepeated && row && !row.is_there) return keyOf(fileId);
  throw new Problem("not_found");
}

/**
 * Locks the chats that have the file, or what came attached to it; of the file's owner without `ownerId`. Lock order: chats before files, as in every batch
 * that writes both, or two batches could deadlock.
 */
export function lockChatsOf(fileId: string, ownerId?: string): SQL {
  const owner = ownerId === undefined ? sql`f.user_id` : sql`${ownerId}`;
  return sql`
    SELECT c.id FROM chats AS c JOIN chat_files AS cf ON cf.chat_id = c.id
    JOIN files AS f ON f.id = cf.file_id AND f.user_id = c.user_id
    WHERE ${isOrHangsOn(fileId)} AND c.user_id = ${owner} ORDER BY c.id FOR UPDATE OF c`;
}

/**
 * Raises the version of every chat that has the file, where its status was changed at this time: messages show it.
 * A statement of its own, so that it sees the chat of a turn that held the file until then.
 */
export function raiseChatsOfChanged(fileId: string, at: string): SQL {
  return sql`
    UPDATE chats AS c SET version = c.version + 1
    FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
    WHERE f.id = ${fileId}::uuid AND f.updated_at = ${at}::timestamptz
      AND c.id = cf.chat_id AND c.user_id = f.user_id`;
}

/** A condition on a file `f`: it is the one, or came attached to it. */
function isOrHangsOn(fileId: string): SQL {
  return sql`(f.id = ${fileId}::uuid OR f.parent_file_id = ${fileId}::uuid)`;
}

/** The object key of a file. File names are user data and never part of it. */
export function keyOf(fileId: string): string {
  return `files/${fileId}`;
}

export type PagePart = {
  part: number;
  page: number | null;
  start: number;
  end: number;
  text: string;
  regions: TextRegion[];
  unreadable: number;
  is_scanned: boolean;
  source: "text" | "ocr";
};

export type TextPage = { file: FileRow; parts: PagePart[]; nextPart: number | null };

/**
 * The file and a page of its text: as many parts as the limit and the bytes of a page allow, at least
 * one, and the number of the next part. Throws `not_found`.
 */
export async function getFileText(
  db: Db,
  ownerId: string,
  fileId: string,
  { limit, cursor: from = 0 }: { limit: number; cursor?: number | undefined },
): Promise<TextPage> {
  const row = await readOne(
    db,
    sql<FileRow & { parts: PagePart[]; next_part: number | null }>`
      SELECT ${fileColumns}, page.parts, page.next_part
      FROM files AS f CROSS JOIN LATERAL (
        SELECT min(part) FILTER (WHERE NOT fits) AS next_part,
          coalesce(json_agg(json_build_object('part', part, 'page', page, 'start', start_offset,
            'end', end_offset, 'text', text, 'regions', regions, 'unreadable', unreadable,
            'is_scanned', is_scanned, 'source', source) ORDER BY part) FILTER (WHERE fits), '[]') AS parts
        FROM (
          SELECT p.*, row_number() OVER w = 1 OR row_number() OVER w <= ${limit}::int
            AND sum(octet_length(to_json(p.text)::text)) OVER w <= ${PAGE_BYTES}::int AS fits
          FROM (
            SELECT * FROM file_pages WHERE file_id = f.id AND part >= ${from}::int
            ORDER BY part LIMIT ${limit + 1}::int
          ) AS p
          WINDOW w AS (ORDER BY p.part)
        ) AS sized
      ) AS page
      WHERE f.id = ${fileId} AND f.user_id = ${ownerId}`,
  );
  if (!row) throw new Problem("not_found");
  const { parts, next_part: nextPart, ...file } = row;
  return { file, parts, nextPart };
}
