/** Begins and ends the ingestion of a file, which runs in the queue. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";
import { isUnreachable } from "../../db/errors.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { passagesDelete } from "../retrieval/indexing/builds.ts";
import type { FileKind } from "./extract/kind.ts";
import { contentTypeOf } from "./extract/kind.ts";
import type { FailureCode } from "./failures.ts";
import { fileColumns, type FileRow, lockChatsOf, raiseChatsOfChanged } from "./queries.ts";
import { sendJob } from "./send-job.ts";
import { notifyChats } from "./notify-chats.ts";

type BeginDeps = Pick<Deps, "db" | "clock">;

/** The detected kind and the hash of a file's bytes; `encoding`: of a text, if the client named one. */
type UploadedBytes = { kind: FileKind; sha256: string; encoding?: string | undefined };

/**
 * Begins an ingestion attempt of a pending or failed file; of two concurrent calls, one begins it.
 * Deletes what an earlier attempt stored. Returns the file's new state. Throws `not_found`.
 */
export async function beginIngestion(
  env: Env,
  deps: BeginDeps,
  file: FileRow,
  uploaded: UploadedBytes,
): Promise<FileRow> {
  const job = {
    step: "extract" as const,
    fileId: file.id,
    ingestionAttempt: file.ingestion_attempt + 1,
    from: 1,
  };
  try {
    const { begun, row } = await begin(deps, file, uploaded);
    if (!begun) return row;
    if (file.status === "failed") await notifyChats(env, deps.db, row.id, "processing", null);
    await sendJob(env.FILE_JOBS, job);
    return row;
  } catch (error) {
    // If the response was lost, the attempt may have begun: the job finds out.
    if (isUnreachable(error)) await sendJob(env.FILE_JOBS, job);
    throw error;
  }
}

/** Locks a file until the end of the transaction: statements after this one see what others had in progress. */
export const lockedFileSql = (id: string): SQL =>
  sql`SELECT FROM files WHERE id = ${id}::uuid FOR UPDATE`;

/** The CTEs that run statements if the CTE `begun` has a row; each statement must end in a condition. */
export function erasuresSql(statements: readonly SQL[]): SQL {
  const ctes = statements.map(
    (statement, i) =>
      sql`${sql.raw(`erased_${i}`)} AS (${statement} AND EXISTS (SELECT FROM begun))`,
  );
  return sql.join(ctes, sql`, `);
}

async function begin(
  { db, clock }: BeginDeps,
  file: FileRow,
  { kind, sha256, encoding }: UploadedBytes,
) {
  const { id, user_id: ownerId, ingestion_attempt: attempt } = file;
  const next = attempt + 1;
  const at = toIso(new Date(clock()));
  const erasures = [sql`DELETE FROM file_pages WHERE file_id = ${id}`, ...passagesDelete(id)];
  const begun = sql`
    UPDATE files SET status = 'processing', ingestion_attempt = ${next}::int, resume_count = 0, processed = false,
      failure_code = NULL, encoding = ${encoding ?? null}, encoding_candidates = NULL, page_count = NULL,
      scanned_pages = NULL, pages_done = NULL, pages_failed = NULL, unreadable = NULL, text_length = NULL,
      language = NULL, embed_due_at = NULL, embed_failures = 0,
      sha256 = ${sha256}, content_type = ${contentTypeOf(kind)}, updated_at = ${at}::timestamptz
    WHERE id = ${id} AND user_id = ${ownerId} AND ingestion_attempt = ${attempt}::int AND status IN ('pending', 'failed')
    RETURNING id`;
  const { found } = await batch(db, {
    lockChats: lockChatsOf(id),
    // A late worker may be storing what the next statement must see to delete.
    locked: lockedFileSql(id),
    // In one statement: the second of two concurrent calls must not erase what the first has extracted.
    begun: sql`WITH begun AS (${begun}), ${erasuresSql(erasures)} SELECT id FROM begun`,
    raised: raiseChatsOfChanged(id, at),
    found: sql<FileRow>`
        SELECT ${fileColumns} FROM files AS f WHERE f.id = ${id} AND f.user_id = ${ownerId}`,
  });
  const [row] = found.rows;
  if (!row) throw new Problem("not_found");
  // A repeated batch finds its own attempt. So does the second of two concurrent calls, which sends the
  // job twice.
  return { begun: row.ingestion_attempt === next && row.status === "processing", row };
}

const embeddingDoneSql = sql.raw("embed_due_at = NULL, embed_failures = 0");
/** Delays double from one minute up to a day; until then the file has lexical search only. */
const LONGEST_PAUSE_MINUTES = 24 * 60;

function embedLaterSql(at: string): SQL {
  const minutes = sql`least(2 ^ least(embed_failures, 11), ${LONGEST_PAUSE_MINUTES}::int)`;
  return sql`
    embed_failures = embed_failures + 1,
    embed_due_at = ${at}::timestamptz + ${minutes} * interval '1 minute'`;
}

/** `candidates`: of `unknown_encoding`. */
export type Failure = { code: FailureCode; candidates?: string[] | undefined };

/** Fails the ingestion attempt; false, without a write, if it has ended or a newer one has begun. */
export async function failIngestion(
  { db, clock }: BeginDeps,
  { fileId, ingestionAttempt }: { fileId: string; ingestionAttempt: number },
  { code, candidates }: Failure,
): Promise<boolean> {
  const at = toIso(new Date(clock()));
  return changeStatus(db, fileId, {
    at,
    change: sql`
      UPDATE files SET status = 'failed', processed = false, failure_code = ${code},
        encoding_candidates = (
          SELECT array_agg(label) FROM json_array_elements_text(${JSON.stringify(candidates ?? [])}::json) AS label),
        updated_at = ${at}::timestamptz
      WHERE id = ${fileId} AND ingestion_attempt = ${ingestionAttempt}::int AND status IN ('pending', 'processing')
      RETURNING id`,
  });
}

/** Changes the status of a file, which its chats' messages show. False, without a write, where it does not apply. */
async function changeStatus(
  db: Db,
  fileId: string,
  { change, at }: { change: SQL; at: string },
): Promise<boolean> {
  const { changed } = await batch(db, {
    lockChats: lockChatsOf(fileId),
    changed: change,
    raised: raiseChatsOfChanged(fileId, at),
  });
  return changed.rows.length > 0;
}

/**
 * Marks the file as ready. Passages without vectors are embedded later. False, without a write, if the
 * attempt has failed or a newer one has begun.
 */
export async function finishIngestion(
  { db, clock }: BeginDeps,
  { fileId, ingestionAttempt }: { fileId: string; ingestionAttempt: number },
  { isEmbedded }: { isEmbedded: boolean },
): Promise<boolean> {
  const at = toIso(new Date(clock()));
  return changeStatus(db, fileId, {
    at,
    change: sql`
      UPDATE files SET status = 'ready', processed = true, updated_at = ${at}::timestamptz,
        ${isEmbedded ? embeddingDoneSql : embedLaterSql(at)}
      WHERE id = ${fileId} AND ingestion_attempt = ${ingestionAttempt}::int AND status IN ('processing', 'ready')
      RETURNING id`,
  });
}
