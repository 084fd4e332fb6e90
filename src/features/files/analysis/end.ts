/** Analyses that end as failed without another question to the model. */
import { sql } from "drizzle-orm";
import { type Db, repeatable } from "../../../db/client.ts";
import type { Asking } from "./parts.ts";

const MOST_PER_RUN = 100;

/** Ends an analysis whose part cannot be asked about or saved; nothing where that part is done. */
export async function failAnalysis(
  db: Db,
  { analysisId, fileId, from, at }: Omit<Asking, "usageId">,
): Promise<void> {
  await repeatable(() =>
    db.execute(sql`
      UPDATE file_analyses SET status = 'failed', failure_code = 'ai_unavailable', call_id = NULL,
        call_expires_at = NULL, updated_at = ${at}::timestamptz
      WHERE id = ${analysisId} AND file_id = ${fileId} AND status = 'running' AND parts_done = ${from}::int`),
  );
}

/** Ends those whose file is read anew or failed since: none of their parts can be claimed. Returns how many. */
export async function endObsolete(db: Db, at: string): Promise<number> {
  const { rowCount } = await repeatable(() =>
    db.execute(sql`
      UPDATE file_analyses SET status = 'failed', failure_code = 'file_failed', call_id = NULL,
        call_expires_at = NULL, updated_at = ${at}::timestamptz
      WHERE id IN (
        SELECT a.id FROM file_analyses AS a JOIN files AS f ON f.id = a.file_id
        WHERE a.status = 'running' AND (f.ingestion_attempt <> a.ingestion_attempt OR f.status <> 'ready')
        LIMIT ${MOST_PER_RUN}::int)`),
  );
  return rowCount;
}
