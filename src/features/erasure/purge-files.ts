/** Purges the files of erased accounts in portions of rows, whatever their length. */
import { sql, type SQL } from "drizzle-orm";

/** The most files per portion. */
const FILES = 100;
/** The most rows of each table per portion. A page has up to 50,000 characters. */
const ROWS = 1_000;
const PAGES = 200;

/** The statements of one portion, for a batch. A trigger adds the objects to the outbox. */
export function purgeFilesPortion(erasureId: string) {
  const files = erasedFiles(erasureId);
  return {
    // First, so that no index is made again.
    indexed: deleteOf("indexed_files", files, ROWS),
    terms: deleteOf("passage_terms", files, ROWS),
    passages: deleteOf("passages", files, ROWS),
    pages: deleteOf("file_pages", files, PAGES),
    analyses: deleteOf("file_analyses", files, PAGES),
    links: deleteOf("chat_files", files, ROWS),
    purged: deleteFiles(files, erasureId),
  };
}

/** The first statement locks them, so every statement of the batch gets the same. */
function erasedFiles(erasureId: string): SQL {
  return sql`erased_files AS MATERIALIZED (
    SELECT id FROM files WHERE erasure_id = ${erasureId}::uuid
    ORDER BY id LIMIT ${FILES}::int FOR UPDATE SKIP LOCKED)`;
}

type OfFile =
  | "indexed_files"
  | "passage_terms"
  | "passages"
  | "file_pages"
  | "file_analyses"
  | "chat_files";

function deleteOf(table: OfFile, files: SQL, most: number): SQL {
  const name = sql.raw(table);
  return sql`
    WITH ${files}
    DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
      SELECT r.ctid FROM erased_files JOIN ${name} AS r ON r.file_id = erased_files.id
      LIMIT ${most}::int))`;
}

/** Deletes the files without remaining rows. */
function deleteFiles(files: SQL, erasureId: string): SQL {
  return sql`
    WITH ${files}, gone AS (
      DELETE FROM files AS f USING erased_files
      WHERE f.id = erased_files.id
        AND NOT EXISTS (SELECT FROM passage_terms WHERE file_id = f.id)
        AND NOT EXISTS (SELECT FROM passages WHERE file_id = f.id)
        AND NOT EXISTS (SELECT FROM file_pages WHERE file_id = f.id)
        AND NOT EXISTS (SELECT FROM file_analyses WHERE file_id = f.id)
        AND NOT EXISTS (SELECT FROM chat_files WHERE file_id = f.id)
      RETURNING f.id
    )
    UPDATE erasures SET files = files + (SELECT count(*) FROM gone)
    WHERE id = ${erasureId} AND EXISTS (SELECT FROM gone)`;
}
