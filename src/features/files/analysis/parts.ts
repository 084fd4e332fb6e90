/** SQL of an analysis's parts: one job at a time processes one part at a time. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read, readOne, write } from "../../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../../db/columns.ts";
import { fileAnalyses, type files } from "../../../db/schema-documents.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import type { TextPart } from "../../citations/document-text.ts";
import { type NewUsage, usageInsert } from "../../usage/queries.ts";
import type { PartFindings } from "./cite.ts";
import type { Findings } from "./merge.ts";

const claimedColumns = columnsSql(fileAnalyses, "c", [
  "modelName",
  "partsTotal",
  "failures",
  "keyId",
]);

/** A part that this job has claimed. `failures` counts its failed and lost attempts. */
export type ClaimedPart = RowOfList<typeof claimedColumns> & {
  user_id: string;
  file_name: RowOf<typeof files>["original_name"];
  /** The id for the usage row of a lost attempt. */
  lost_id: RowOf<typeof fileAnalyses>["call_id"];
  /** The text of the part; empty after the last part. */
  text: TextPart[];
  /** The findings of all parts; empty until the last part is done. */
  parts: PartFindings[];
};

export type PartCall = {
  analysisId: string;
  fileId: string;
  /** The part's number from 0; the number of parts stands for the overview of all. */
  from: number;
  /** The id of the future usage row; the part is claimed under it. */
  usageId: string;
  /** ISO 8601. */
  at: string;
};

/** How long a claim lasts unless it is renewed; its job has crashed then. */
export const CLAIM_MS = 150_000;

/** How many code points parts overlap, so that no clause is cut at a border. */
const OVERLAP = 800;

/**
 * Claims the part; undefined if it is done, claimed by another job, or deleted with its file. Takes over
 * an expired claim.
 */
export async function claimPart(db: Db, call: PartCall): Promise<ClaimedPart | undefined> {
  const { analysisId, fileId, from, usageId, at } = call;
  const until = sql`${at}::timestamptz + ${CLAIM_MS}::int * interval '1 millisecond'`;
  return readOne(
    db,
    sql<ClaimedPart>`
      WITH before AS (
        SELECT a.id, nullif(a.call_id, ${usageId}::uuid) AS lost_id
        FROM file_analyses AS a WHERE a.id = ${analysisId} AND a.file_id = ${fileId} FOR UPDATE
      ), claimed AS (
        UPDATE file_analyses AS a
        SET call_id = ${usageId}::uuid, call_expires_at = ${until}, updated_at = ${at}::timestamptz,
          failures = a.failures + (before.lost_id IS NOT NULL)::int
        FROM before, files AS f
        WHERE a.id = before.id AND a.status = 'running' AND a.parts_done = ${from}::int
          AND f.id = a.file_id AND f.ingestion_attempt = a.ingestion_attempt AND f.status = 'ready'
          AND (before.lost_id IS NULL OR a.call_expires_at <= ${at}::timestamptz)
        RETURNING a.*, f.user_id, f.original_name AS file_name, before.lost_id
      )
      SELECT ${claimedColumns}, c.user_id, c.file_name, c.lost_id,
        ${textOf(from)} AS text,
        CASE WHEN c.parts_done = c.parts_total THEN c.parts ELSE '[]' END AS parts
      FROM claimed AS c`,
  );
}

/** The text of the part from the pages that it covers, the first and last page trimmed. */
function textOf(from: number): SQL {
  return sql`
    (SELECT coalesce(json_agg(json_build_object('page', p.page, 'start', cut.first, 'regions', p.regions,
       'headings', p.headings, 'source', p.source, 'text',
       substr(p.text, cut.first - p.start_offset + 1, cut.last - cut.first)) ORDER BY p.part), '[]')
     FROM file_pages AS p CROSS JOIN LATERAL (
       SELECT greatest(p.start_offset, ${from}::int * c.part_length - ${OVERLAP}::int) AS first,
         least(p.end_offset, (${from}::int + 1) * c.part_length) AS last
     ) AS cut
     WHERE p.file_id = c.file_id AND cut.first < cut.last AND c.parts_done < c.parts_total)`;
}

/** Extends the claim; does nothing if it was taken over. `at` is now, in ISO 8601. */
export async function renewClaim(
  db: Db,
  { analysisId, fileId, usageId }: PartCall,
  at: string,
): Promise<void> {
  await write(
    db,
    sql`
      UPDATE file_analyses SET updated_at = ${at}::timestamptz,
        call_expires_at = ${at}::timestamptz + ${CLAIM_MS}::int * interval '1 millisecond'
      WHERE id = ${analysisId} AND file_id = ${fileId} AND status = 'running'
        AND call_id = ${usageId}::uuid`,
  );
}

/** The outcome of one attempt: a part's findings, the final result, both, or a failure. */
export type PartOutcome =
  | { part: PartFindings; result?: Findings }
  | { result: Findings }
  | { failure: ProblemCode; isLast: boolean };

/** Saves the outcome and the usage in one batch; only the usage if the claim was lost. */
export async function saveOutcome(
  db: Db,
  call: PartCall,
  outcome: PartOutcome,
  usage: readonly NewUsage[],
): Promise<void> {
  await batch(db, {
    saved: update(call, outcome),
    paid: usage.map((attempt) => usageInsert(attempt)),
    older: deleteOlder(call),
  });
}

function update({ analysisId, from, usageId, at }: PartCall, outcome: PartOutcome): SQL {
  return sql`
    UPDATE file_analyses SET call_id = NULL, call_expires_at = NULL, updated_at = ${at}::timestamptz,
      ${changes(outcome, at)}
    WHERE id = ${analysisId} AND status = 'running' AND parts_done = ${from}::int
      AND call_id = ${usageId}::uuid`;
}

function changes(outcome: PartOutcome, at: string): SQL {
  if ("failure" in outcome) {
    const { failure, isLast } = outcome;
    if (!isLast) return sql`failures = failures + 1`;
    return sql`status = 'failed', failure_code = ${failure}, failures = failures + 1`;
  }
  const part = "part" in outcome ? JSON.stringify([outcome.part]) : "[]";
  const done = sql`parts = parts || ${part}::jsonb, failures = 0,
    parts_done = parts_done + jsonb_array_length(${part}::jsonb)`;
  if (!outcome.result) return done;
  const result = JSON.stringify(outcome.result);
  return sql`${done}, status = 'complete', completed_at = ${at}::timestamptz, result = ${result}::jsonb`;
}

/**
 * Deletes finished analyses older than a day (the lifetime of an idempotency key) once a newer one is
 * complete.
 */
function deleteOlder({ analysisId, fileId, at }: PartCall): SQL {
  return sql`
    DELETE FROM file_analyses AS a
    WHERE a.file_id = ${fileId} AND a.id <> ${analysisId} AND a.status <> 'running'
      AND a.created_at <= ${at}::timestamptz - interval '1 day'
      AND EXISTS (SELECT FROM file_analyses AS done WHERE done.id = ${analysisId} AND done.status = 'complete')`;
}

const stalledColumns = columnsSql(fileAnalyses, "a", ["id", "fileId", "partsDone"]);

/** A running analysis without a job. */
type StalledAnalysis = RowOfList<typeof stalledColumns>;

/** Longer than the delay before a retry. */
const STALLED_AFTER_MS = 60_000;
const MOST_PER_RUN = 100;

/** The stalled analyses, oldest first. `now` is in milliseconds. */
export async function listStalled(db: Db, now: number): Promise<StalledAnalysis[]> {
  const [at, before] = [now, now - STALLED_AFTER_MS].map((ms) => new Date(ms).toISOString());
  return read(
    db,
    sql<StalledAnalysis>`
      SELECT ${stalledColumns} FROM file_analyses AS a
      WHERE status = 'running' AND updated_at < ${before}::timestamptz
        AND (call_expires_at IS NULL OR call_expires_at <= ${at}::timestamptz)
      ORDER BY updated_at LIMIT ${MOST_PER_RUN}::int`,
  );
}
