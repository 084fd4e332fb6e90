/** The bytes of a file are there: from here on it is read, in the background. */
import { sql, type SQL } from "drizzle-orm";
import { batch, read } from "../../db/client.ts";
import { isUnreachable } from "../../db/errors.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { passagesDelete } from "../retrieval/store.ts";
import type { FileKind } from "./extract/kind.ts";
import { contentTypeOf } from "./extract/kind.ts";
import type { FailureCode } from "./failures.ts";
import { fileColumns, type FileRow } from "./queries.ts";
import { sendJob } from "./send-job.ts";
import { tellChats } from "./tell-chats.ts";

type BeginDeps = Pick<Deps, "db" | "clock">;

/** What is known of the bytes. */
export type Arrived = { kind: FileKind; sha256: string };

/**
 * Begins a reading of a file that waits for its bytes, or that could not be read before; of two at once
 * one begins. What an earlier reading left is deleted. The file as it is then. Throws `not_found`.
 */
export async function beginReading(
  env: Env,
  deps: BeginDeps,
  file: FileRow,
  arrived: Arrived,
): Promise<FileRow> {
  const job = {
    step: "read" as const,
    fileId: file.id,
    ingestionAttempt: file.ingestion_attempt + 1,
    from: 1,
  };
  try {
    const { begun, row } = await begin(deps, file, arrived);
    if (!begun) return row;
    if (file.status === "failed") await tellChats(env, deps.db, row.id, "processing", null);
    await sendJob(env.FILE_JOBS, job);
    return row;
  } catch (error) {
    // It may have begun although the response was lost: then the job finds it so.
    if (isUnreachable(error)) await sendJob(env.FILE_JOBS, job);
    throw error;
  }
}

async function begin({ db, clock }: BeginDeps, file: FileRow, { kind, sha256 }: Arrived) {
  const { id, user_id: ownerId, ingestion_attempt: attempt } = file;
  const next = attempt + 1;
  const at = toIso(new Date(clock()));
  const erasures = [sql`DELETE FROM file_pages WHERE file_id = ${id}`, ...passagesDelete(id)];
  const begun = sql`
    UPDATE files SET status = 'processing', ingestion_attempt = ${next}::int, resume_count = 0, processed = false,
      failure_code = NULL, page_count = NULL, text_length = NULL, language = NULL,
      embed_due_at = NULL, embed_failures = 0,
      sha256 = ${sha256}, content_type = ${contentTypeOf(kind)}, updated_at = ${at}::timestamptz
    WHERE id = ${id} AND user_id = ${ownerId} AND ingestion_attempt = ${attempt}::int AND status IN ('pending', 'failed')
    RETURNING id`;
  const erased = erasures.map(
    (statement, i) =>
      sql`${sql.raw(`erased_${i}`)} AS (${statement} AND EXISTS (SELECT FROM begun))`,
  );
  const { found } = await batch(db, {
    // In one statement: the second of two at once must not erase what the first has read by then.
    begun: sql`WITH begun AS (${begun}), ${sql.join(erased, sql`, `)} SELECT id FROM begun`,
    found: sql<FileRow>`
        SELECT ${fileColumns} FROM files AS f WHERE f.id = ${id} AND f.user_id = ${ownerId}`,
  });
  const [row] = found.rows;
  if (!row) throw new Problem("not_found");
  // A repeated batch finds its own run; so does the other of two at once, whose message then comes twice.
  return { begun: row.ingestion_attempt === next && row.status === "processing", row };
}

const NO_RETRY = sql.raw("embed_due_at = NULL, embed_failures = 0");
/** After a minute, then after twice as long each time, up to an hour. */
const LONGEST_PAUSE_MINUTES = 60;
/** Failures in a row, over some seven hours; then the file is found by its words alone. */
const MOST_EMBED_FAILURES = 12;

function embedLater(at: string): SQL {
  const minutes = sql`least(2 ^ least(embed_failures, 10), ${LONGEST_PAUSE_MINUTES}::int)`;
  return sql`
    embed_failures = embed_failures + 1,
    embed_due_at = CASE WHEN embed_failures + 1 < ${MOST_EMBED_FAILURES}::int
      THEN ${at}::timestamptz + ${minutes} * interval '1 minute' END`;
}

/** Ends the reading of a file that is of no use; nothing where another run counts by now. True if it did. */
export async function failReading(
  { db, clock }: BeginDeps,
  { fileId, ingestionAttempt }: { fileId: string; ingestionAttempt: number },
  code: FailureCode,
): Promise<boolean> {
  const rows = await read(
    db,
    sql`
      UPDATE files SET status = 'failed', processed = false, failure_code = ${code},
        updated_at = ${toIso(new Date(clock()))}::timestamptz
      WHERE id = ${fileId} AND ingestion_attempt = ${ingestionAttempt}::int AND status IN ('pending', 'processing')
      RETURNING id`,
  );
  return rows.length > 0;
}

/**
 * All of its text is there: it may be asked about. Passages that the provider gave no vectors for now are
 * embedded later. True if it did.
 */
export async function finishReading(
  { db, clock }: BeginDeps,
  { fileId, ingestionAttempt }: { fileId: string; ingestionAttempt: number },
  { isEmbedded }: { isEmbedded: boolean },
): Promise<boolean> {
  const at = toIso(new Date(clock()));
  const rows = await read(
    db,
    sql`
      UPDATE files SET status = 'ready', processed = true, updated_at = ${at}::timestamptz,
        ${isEmbedded ? NO_RETRY : embedLater(at)}
      WHERE id = ${fileId} AND ingestion_attempt = ${ingestionAttempt}::int AND status IN ('processing', 'ready')
      RETURNING id`,
  );
  return rows.length > 0;
}
