/** SQL that begins and reads analyses. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../../db/columns.ts";
import {
  batchUnderKey,
  type Claim,
  type IdempotencyKey,
  idUnder,
  keyIsFree,
} from "../../../db/idempotency-keys.ts";
import { fileAnalyses, type files } from "../../../db/schema-documents.ts";
import type { Budgets } from "../../../env.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import { budgetExhausted, type ExceededLimit } from "../../usage/budgets.ts";
import { exhaustedSql } from "../../usage/exhausted.ts";
import type { Findings } from "./merge.ts";

export const analysisColumns = columnsSql(fileAnalyses, "a", [
  "id",
  "fileId",
  "status",
  "failureCode",
  "modelName",
  "partsTotal",
  "partsDone",
  "result",
  "createdAt",
  "completedAt",
]);

export type AnalysisRow = RowOfList<typeof analysisColumns> & {
  failure_code: ProblemCode | null;
  /** Null until the analysis is complete. */
  result: Findings | null;
};

export type NewAnalysis = {
  id: string;
  fileId: string;
  modelName: string;
  /** The most code points of the document per call to this model. */
  longestPart: number;
  /** Begin a new analysis even if one is stored. */
  refresh: boolean;
  /** The API key that pays; null for a session. */
  keyId: string | null;
  /** The configured limits, for accounts without their own. */
  budgets: Budgets;
  /** ISO 8601. */
  at: string;
};

/** A new, running or stored analysis. */
export type Begun = { row: AnalysisRow; isNew: boolean; isReplayed: boolean };

/**
 * Begins an analysis, unless one is running, or stored and not to be refreshed; returns the one that the
 * key began before. One batch. Throws `not_found`, `file_processing`, `file_failed`,
 * `budget_exhausted` or `idempotency_key_reused`.
 */
export async function beginAnalysis(
  db: Db,
  ownerId: string,
  analysis: NewAnalysis,
  key?: IdempotencyKey,
): Promise<Begun> {
  const { id, fileId } = analysis;
  const claim = key && claimOf(ownerId, analysis, key);
  const chosen = choose(ownerId, analysis);
  const { earlier, read } = await batchUnderKey(db, claim, {
    writes: {
      lock: lockFile(ownerId, fileId),
      started: insert(ownerId, analysis, claim),
    },
    reads: {
      begun: selectBegun(ownerId, fileId, claim ? idUnder(claim, "answer_id") : chosen),
      exhausted: exhausted(ownerId, analysis),
    },
  });
  const [row] = read.begun;
  if (!row) throw new Problem("not_found");
  if (row.id === null) throw whyNone(row.file_status, read.exhausted[0], analysis.at);
  return { row, isNew: row.id === id, isReplayed: earlier !== undefined };
}

function whyNone(
  status: BegunRow["file_status"],
  usedUp: ExceededLimit | undefined,
  at: string,
): Problem {
  if (status === "ready" && usedUp) return budgetExhausted(usedUp, new Date(at));
  return new Problem(status === "failed" ? "file_failed" : "file_processing");
}

function exhausted(ownerId: string, { keyId, budgets: defaults, at }: NewAnalysis) {
  return exhaustedSql({ userId: ownerId, keyId }, { defaults, at });
}

/** Locks the parent row, because the following rules concern other rows. */
function lockFile(ownerId: string, fileId: string): SQL {
  return sql`SELECT id FROM files WHERE id = ${fileId} AND user_id = ${ownerId} FOR UPDATE`;
}

function claimOf(ownerId: string, analysis: NewAnalysis, key: IdempotencyKey): Claim {
  const chosen = choose(ownerId, analysis);
  const made = { fileId: analysis.fileId, answerId: chosen };
  return { ...key, ownerId, made, isMade: sql`EXISTS ${chosen}`, at: analysis.at };
}

/**
 * Subquery for the analysis to return: the new one, otherwise a stored one, otherwise the running one.
 */
function choose(ownerId: string, { id, fileId, refresh }: NewAnalysis): SQL {
  return sql`
    (SELECT a.id FROM file_analyses AS a JOIN files AS f ON f.id = a.file_id AND f.ingestion_attempt = a.ingestion_attempt
     WHERE f.id = ${fileId} AND f.user_id = ${ownerId} AND f.status = 'ready'
       AND (a.id = ${id} OR a.status = 'running' OR (a.status = 'complete' AND NOT ${refresh}::boolean))
     ORDER BY a.id = ${id} DESC, a.status = 'complete' DESC, a.created_at DESC LIMIT 1)`;
}

/** The most parts of a document, unless the model's context is too small. */
const USUAL_PARTS = 40;
/** The least code points per part, unless the model's context is too small. */
const USUAL_PART = 40_000;

/** Reuses the finished parts of a failed analysis. */
function insert(ownerId: string, analysis: NewAnalysis, claim: Claim | undefined): SQL {
  const { id, fileId, modelName, longestPart, refresh, at } = analysis;
  return sql`
    INSERT INTO file_analyses (id, file_id, ingestion_attempt, status, model_name, part_length, parts_total, parts_done,
      parts, key_id, created_at, updated_at)
    SELECT ${id}::uuid, f.id, f.ingestion_attempt, 'running', ${modelName}, cut.length,
      greatest(1, ceil(f.text_length::numeric / cut.length)), coalesce(failed.parts_done, 0),
      coalesce(failed.parts, '[]'), ${analysis.keyId}::uuid, ${at}::timestamptz, ${at}::timestamptz
    FROM files AS f
    CROSS JOIN LATERAL (
      SELECT least(${longestPart}::int,
        greatest(${USUAL_PART}::int, ceil(f.text_length::numeric / ${USUAL_PARTS}::int)))::int AS length
    ) AS cut
    LEFT JOIN LATERAL (
      SELECT a.parts_done, a.parts FROM file_analyses AS a
      WHERE a.file_id = f.id AND a.ingestion_attempt = f.ingestion_attempt AND a.status = 'failed' AND NOT ${refresh}::boolean
        AND a.model_name = ${modelName} AND a.part_length = cut.length
      ORDER BY a.created_at DESC LIMIT 1
    ) AS failed ON true
    WHERE f.id = ${fileId} AND f.user_id = ${ownerId} AND f.status = 'ready' AND ${keyIsFree(claim)}
      AND NOT EXISTS (${exhausted(ownerId, analysis)})
      AND NOT EXISTS (
        SELECT FROM file_analyses AS a WHERE a.file_id = f.id AND (a.status = 'running'
          OR (a.status = 'complete' AND a.ingestion_attempt = f.ingestion_attempt AND NOT ${refresh}::boolean)))
    ON CONFLICT DO NOTHING`;
}

type BegunRow = AnalysisRow & { file_status: RowOf<typeof files>["status"] };

/** The file and the analysis, whose columns are all null if there is none. */
function selectBegun(ownerId: string, fileId: string, analysisId: SQL): SQL<BegunRow> {
  return sql<BegunRow>`
    SELECT f.status AS file_status, ${analysisColumns}
    FROM files AS f LEFT JOIN file_analyses AS a ON a.file_id = f.id AND a.id = ${analysisId}
    WHERE f.id = ${fileId} AND f.user_id = ${ownerId}`;
}

/** The current state of the analysis. Throws `not_found` if its file was deleted. */
export async function getAnalysis(
  db: Db,
  ownerId: string,
  { file_id: fileId, id }: Pick<AnalysisRow, "file_id" | "id">,
): Promise<AnalysisRow> {
  const row = await readOne(
    db,
    sql<AnalysisRow>`
      SELECT ${analysisColumns} FROM file_analyses AS a JOIN files AS f ON f.id = a.file_id
      WHERE a.id = ${id} AND f.id = ${fileId} AND f.user_id = ${ownerId}`,
  );
  if (!row) throw new Problem("not_found");
  return row;
}
