/** Fails analyses without another model call. */
import { and, eq, sql } from "drizzle-orm";
import { type Db, run, write } from "../../../db/client.ts";
import { fileAnalyses } from "../../../db/schema-documents.ts";
import type { PartCall } from "./parts.ts";

const MOST_PER_RUN = 100;

/** Fails an analysis whose part cannot be processed; does nothing if that part is done. */
export async function failAnalysis(
  db: Db,
  { analysisId, fileId, from, at }: Omit<PartCall, "usageId">,
): Promise<void> {
  const failure = {
    status: "failed",
    failureCode: "ai_unavailable",
    callId: null,
    callExpiresAt: null,
    updatedAt: new Date(at),
  } as const;
  const isRunning = and(
    eq(fileAnalyses.id, analysisId),
    eq(fileAnalyses.fileId, fileId),
    eq(fileAnalyses.status, "running"),
    eq(fileAnalyses.partsDone, from),
  );
  await run(db.update(fileAnalyses).set(failure).where(isRunning));
}

/**
 * Fails analyses whose file was ingested again or has failed since: their parts cannot be claimed.
 * Returns how many.
 */
export async function endObsolete(db: Db, at: string): Promise<number> {
  const { count } = await write(
    db,
    sql`
      UPDATE file_analyses SET status = 'failed', failure_code = 'file_failed', call_id = NULL,
        call_expires_at = NULL, updated_at = ${at}::timestamptz
      WHERE id IN (
        SELECT a.id FROM file_analyses AS a JOIN files AS f ON f.id = a.file_id
        WHERE a.status = 'running' AND (f.ingestion_attempt <> a.ingestion_attempt OR f.status <> 'ready')
        LIMIT ${MOST_PER_RUN}::int)`,
  );
  return count;
}
