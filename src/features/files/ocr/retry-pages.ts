/** Retries the transcription of the pages without text of a ready file. */
import { erasuresSql, lockedFileSql } from "../begin-ingestion.ts";
import { sql } from "drizzle-orm";
import { batch } from "../../../db/client.ts";
import { isUnreachable } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import type { Env } from "../../../env.ts";
import { toIso } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import { passagesDelete } from "../../retrieval/indexing/builds.ts";
import { notifyChats } from "../notify-chats.ts";
import { fileColumns, type FileRow } from "../queries.ts";
import { sendJob } from "../send-job.ts";
import { LASTING_FAILURE, MOST_PAGES } from "./pages.ts";

type RetryDeps = Pick<Deps, "db" | "clock">;

/**
 * Begins an ingestion attempt for these pages only; of concurrent calls, one begins it. Does nothing if no page
 * can succeed on retry. Returns the current row of the file. Throws `not_found`.
 */
export async function retryPages(env: Env, deps: RetryDeps, file: FileRow): Promise<FileRow> {
  const ingestionAttempt = file.ingestion_attempt + 1;
  const job = { step: "ocr" as const, fileId: file.id, ingestionAttempt, from: 0 };
  try {
    const row = await begin(deps, file, ingestionAttempt);
    if (row.ingestion_attempt !== ingestionAttempt || row.status !== "processing") return row;
    await notifyChats(env, deps.db, row.id, "processing", null);
    await sendJob(env.FILE_JOBS, job);
    return row;
  } catch (error) {
    // The response of the database may be lost although the attempt has begun. The job checks this.
    if (isUnreachable(error)) await sendJob(env.FILE_JOBS, job);
    throw error;
  }
}

async function begin(
  { db, clock }: RetryDeps,
  { id, user_id: ownerId, ingestion_attempt: attempt }: FileRow,
  next: number,
): Promise<FileRow> {
  const isLasting = sql`p.ocr_failures >= ${LASTING_FAILURE}::int`;
  const isLeft = sql`p.file_id = ${id}::uuid AND p.is_scanned AND p.source = 'text' AND NOT ${isLasting}`;
  const { found } = await batch(db, {
    locked: lockedFileSql(id),
    begun: sql`
      WITH begun AS (
        UPDATE files SET status = 'processing', processed = false, ingestion_attempt = ${next}::int, resume_count = 0,
          embed_due_at = NULL, embed_failures = 0, updated_at = ${toIso(new Date(clock()))}::timestamptz
        WHERE id = ${id} AND user_id = ${ownerId} AND ingestion_attempt = ${attempt}::int AND status = 'ready'
          AND EXISTS (SELECT FROM file_pages AS p WHERE ${isLeft})
          AND (SELECT count(*) FROM file_pages AS p
            WHERE p.file_id = ${id}::uuid AND (p.source = 'ocr' OR ${isLasting})) < ${MOST_PAGES}::int
        RETURNING id
      ), reset AS (
        UPDATE file_pages AS p SET ocr_failures = 0, ocr_call_id = NULL, ocr_call_expires_at = NULL
        WHERE ${isLeft} AND EXISTS (SELECT FROM begun)
      ), ${erasuresSql(passagesDelete(id))} SELECT id FROM begun`,
    found: sql<FileRow>`
      SELECT ${fileColumns} FROM files AS f WHERE f.id = ${id} AND f.user_id = ${ownerId}`,
  });
  const [row] = found.rows;
  if (!row) throw new Problem("not_found");
  return row;
}
