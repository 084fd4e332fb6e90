/** Files in Postgres. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import { PAGE_BYTES } from "../../lib/page-bytes.ts";
import { Problem } from "../../lib/problem.ts";

/** A file as `fileColumns` reads it; times are Postgres' own text, as int8 is. */
export type FileRow = {
  id: string;
  user_id: string;
  original_name: string;
  file_path: string;
  file_size: string;
  content_type: string;
  status: "pending" | "processing" | "ready" | "failed";
  failure_code: string | null;
  sha256: string | null;
  page_count: number | null;
  text_length: number | null;
  run: number;
  created_at: string;
};

/** The columns of a `FileRow`, of a table or query named `f`. */
export const fileColumns = sql.raw(`
  f.id, f.user_id, f.original_name, f.file_path, f.file_size, f.content_type, f.status,
  f.failure_code, f.sha256, f.page_count, f.text_length, f.ingestion_attempt AS run, f.created_at`);

/** The sort key of a file in the list. */
export type FilePlace = { createdAt: string; id: string };

export type FileFilter = { limit: number; offset: number; cursor?: FilePlace | undefined };

/** A page of one's files, newest first, one row longer when there is more. */
export async function listFiles(
  db: Db,
  ownerId: string,
  { limit, offset, cursor }: FileFilter,
): Promise<FileRow[]> {
  const place = cursor
    ? sql`(f.created_at, f.id) < (${cursor.createdAt}::timestamptz, ${cursor.id}::uuid)`
    : sql`true`;
  const { rows } = await repeatable(() =>
    db.execute<FileRow>(sql`
      SELECT ${fileColumns} FROM files AS f WHERE f.user_id = ${ownerId} AND ${place}
      ORDER BY f.created_at DESC, f.id DESC
      LIMIT ${limit + 1}::int OFFSET ${cursor ? 0 : offset}::int`),
  );
  return rows;
}

/** Throws `not_found`. */
export async function getFile(db: Db, ownerId: string, fileId: string): Promise<FileRow> {
  const { rows } = await repeatable(() =>
    db.execute<FileRow>(sql`
      SELECT ${fileColumns} FROM files AS f WHERE f.id = ${fileId} AND f.user_id = ${ownerId}`),
  );
  if (!rows[0]) throw new Problem("not_found");
  return rows[0];
}

/**
 * Deletes the file and all that was read of it; the key of its object. Raises the version of every chat
 * that was asked about it: its citations are shown with another status from then on. Throws `not_found`.
 */
export async function deleteFile(db: Db, ownerId: string, fileId: string): Promise<string> {
  let tries = 0;
  const [, { rows }] = await repeatable(() => {
    tries++;
    return db.batch([
      db.execute(lockChatsOf(ownerId, fileId)),
      db.execute<{ gone: string | null; is_there: boolean }>(sql`
        WITH gone AS (
          DELETE FROM files WHERE id = ${fileId} AND user_id = ${ownerId} RETURNING id, file_path
        ), raised AS (
          UPDATE chats AS c SET version = c.version + 1
          FROM gone JOIN chat_files AS cf ON cf.file_id = gone.id
          WHERE c.id = cf.chat_id AND c.user_id = ${ownerId}
        )
        SELECT (SELECT file_path FROM gone) AS gone,
          EXISTS (SELECT FROM files WHERE id = ${fileId}) AS is_there`),
    ]);
  });
  const row = rows[0];
  if (row?.gone) return row.gone;
  // The try before this one may have deleted it, and its answer been lost.
  if (tries > 1 && row && !row.is_there) return keyOf(fileId);
  throw new Problem("not_found");
}

/** The chats first, as in every batch that writes both: else two could wait for each other. */
function lockChatsOf(ownerId: string, fileId: string): SQL {
  return sql`
    SELECT c.id FROM chats AS c JOIN chat_files AS cf ON cf.chat_id = c.id
    WHERE cf.file_id = ${fileId} AND c.user_id = ${ownerId} ORDER BY c.id FOR UPDATE OF c`;
}

/** Where the bytes of a file are in the bucket: its name is data, and no part of it. */
export function keyOf(fileId: string): string {
  return `files/${fileId}`;
}

export type TextPart = { part: number; page: number; start: number; end: number; text: string };

export type TextPage = { file: FileRow; parts: TextPart[]; nextPart: number | null };

/**
 * The file and a page of its text: as many parts as the limit and the bytes of a page allow, at least one,
 * and the number of the part after them. Throws `not_found`.
 */
export async function getFileText(
  db: Db,
  ownerId: string,
  fileId: string,
  { limit, cursor: from = 0 }: { limit: number; cursor?: number | undefined },
): Promise<TextPage> {
  const { rows } = await repeatable(() =>
    db.execute<FileRow & { parts: TextPart[]; next_part: number | null }>(sql`
      SELECT ${fileColumns}, page.parts, page.next_part
      FROM files AS f CROSS JOIN LATERAL (
        SELECT min(part) FILTER (WHERE NOT fits) AS next_part,
          coalesce(json_agg(json_build_object('part', part, 'page', page, 'start', start_offset,
            'end', end_offset, 'text', text) ORDER BY part) FILTER (WHERE fits), '[]') AS parts
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
      WHERE f.id = ${fileId} AND f.user_id = ${ownerId}`),
  );
  if (!rows[0]) throw new Problem("not_found");
  const { parts, next_part: nextPart, ...file } = rows[0];
  return { file, parts, nextPart };
}
