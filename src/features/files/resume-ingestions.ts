/**
 * Every minute, resumes stalled ingestions, embeds passages without vectors, and deletes files whose
 * bytes never arrived.
 */
import { sql } from "drizzle-orm";
import { read } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { describeFailure } from "../../db/errors.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import { failIngestion } from "./begin-ingestion.ts";
import { sendJob } from "./send-job.ts";
import { notifyChats } from "./notify-chats.ts";

/** Longer than a step takes, delays between retries included. */
const STALLED_MS = 10 * 60_000;

/** How long a client may take to complete an upload after its URL expired. */
const ABANDONED_MS = 60 * 60_000;
const MOST_RESUMES = 5;
const MOST_PER_RUN = 100;

const attemptColumns = columnsSql(files, "f", ["id", "ingestionAttempt"]);
const stalledColumns = columnsSql(files, "f", ["id", "ingestionAttempt", "resumeCount"]);

type Attempt = RowOfList<typeof attemptColumns>;
type Stalled = RowOfList<typeof stalledColumns> & {
  page: number;
  is_extracted: boolean;
  has_scans: boolean;
};

/** May run twice, even at once: each ingestion is resumed by one run. Returns counts for the log. */
export async function resumeIngestions(env: Env, deps: Deps): Promise<Record<string, number>> {
  const stalled = await claimStalled(deps);
  // A failure does not affect the other ingestions; the next run retries it.
  const resumed = await Promise.allSettled(
    stalled.map((ingestion) => resume(env, deps, ingestion)),
  );
  const failures = resumed.filter((result) => result.status === "rejected");
  for (const { reason } of failures) logError("ingestion_not_resumed", describeFailure(reason));
  const due = await claimDueEmbeddings(deps);
  for (const { id: fileId, ingestion_attempt: ingestionAttempt } of due) {
    await sendJob(env.FILE_JOBS, { step: "embed", fileId, ingestionAttempt, from: 0 });
  }
  return {
    resumed: stalled.length - failures.length,
    failed: failures.length,
    embedding: due.length,
    expired: await deleteAbandoned(deps),
  };
}

/** Postpones each file, so that it is claimed again if its job is lost. */
async function claimDueEmbeddings({ db, clock }: Deps): Promise<Attempt[]> {
  const now = clock();
  const at = toIso(new Date(now));
  return read(
    db,
    sql<Attempt>`
      UPDATE files AS f SET embed_due_at = ${toIso(new Date(now + STALLED_MS))}::timestamptz
      FROM (
        SELECT id FROM files WHERE embed_due_at <= ${at}::timestamptz AND status = 'ready'
        ORDER BY embed_due_at LIMIT ${MOST_PER_RUN}::int
      ) AS due
      WHERE f.id = due.id AND f.embed_due_at <= ${at}::timestamptz AND f.status = 'ready'
      RETURNING ${attemptColumns}`,
  );
}

async function claimStalled({ db, clock }: Deps): Promise<Stalled[]> {
  const now = clock();
  return read(
    db,
    sql<Stalled>`
      UPDATE files AS f SET updated_at = ${toIso(new Date(now))}::timestamptz, resume_count = f.resume_count + 1
      FROM (
        SELECT id, updated_at FROM files
        WHERE status = 'processing' AND updated_at < ${toIso(new Date(now - STALLED_MS))}::timestamptz
        ORDER BY updated_at LIMIT ${MOST_PER_RUN}::int
      ) AS s
      WHERE f.id = s.id AND f.updated_at = s.updated_at AND f.status = 'processing'
      RETURNING ${stalledColumns}, f.text_length IS NOT NULL AS is_extracted,
        EXISTS (SELECT FROM file_pages AS p WHERE p.file_id = f.id AND (p.is_scanned OR p.source = 'ocr')) AS has_scans,
        (SELECT coalesce(max(p.page), 1) FROM file_pages AS p WHERE p.file_id = f.id) AS page`,
  );
}

async function resume(env: Env, deps: Deps, ingestion: Stalled): Promise<void> {
  const {
    id: fileId,
    ingestion_attempt: ingestionAttempt,
    page,
    is_extracted: isExtracted,
    has_scans: hasScans,
  } = ingestion;
  if (ingestion.resume_count > MOST_RESUMES) {
    const hasFailed = await failIngestion(
      deps,
      { fileId, ingestionAttempt },
      { code: "unreadable" },
    );
    if (hasFailed) await notifyChats(env, deps.db, fileId, "failed", "unreadable");
    return;
  }
  const step = isExtracted ? (hasScans ? "ocr" : "index") : "extract";
  const from = isExtracted ? 0 : page;
  await sendJob(env.FILE_JOBS, { step, fileId, ingestionAttempt, from });
}

/**
 * Deletes files whose bytes never arrived and frees their idempotency keys. A trigger adds them to the
 * outbox, because bytes may still arrive through the signed URL.
 */
async function deleteAbandoned({ db, clock }: Deps): Promise<number> {
  const before = toIso(new Date(clock() - ABANDONED_MS));
  const rows = await read(
    db,
    sql`
      WITH gone AS (
        DELETE FROM files WHERE id IN (
          SELECT id FROM files WHERE status = 'pending' AND upload_expires_at < ${before}::timestamptz
          LIMIT ${MOST_PER_RUN}::int)
        RETURNING id, user_id
      ), freed AS (
        DELETE FROM idempotency_keys AS k USING gone
        WHERE k.user_id = gone.user_id AND k.file_id = gone.id
      )
      SELECT id FROM gone`,
  );
  return rows.length;
}
