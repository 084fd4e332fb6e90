/** Finds or starts the analysis for a request. */
import { isUnreachable } from "../../../db/errors.ts";
import type { IdempotencyKey } from "../../../db/idempotency-keys.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { findModel, type Model } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import { type JobQueue, sendJob } from "../send-job.ts";
import { beginAnalysis, type Begun, type NewAnalysis } from "./queries.ts";

type StartDeps = Pick<Deps, "db" | "config" | "model" | "clock" | "newId"> & {
  jobs: JobQueue;
};

type AnalysisOrder = {
  ownerId: string;
  fileId: string;
  body: { refresh?: boolean | null | undefined; model?: string | null | undefined };
  key: IdempotencyKey | undefined;
  /** The API key that pays; null for a session. */
  keyId: string | null;
};

/**
 * Commits the analysis, then sends the first job if it is new. Throws `unknown_model`, and what
 * `beginAnalysis` throws.
 */
export async function startAnalysis(
  deps: StartDeps,
  { ownerId, fileId, body, key, keyId }: AnalysisOrder,
): Promise<Begun> {
  const { BUDGETS, DEFAULT_MODEL, MODELS } = deps.config;
  const model = findModel(body.model ?? DEFAULT_MODEL, [DEFAULT_MODEL], MODELS);
  if (!model) throw new Problem("unknown_model");
  const analysis = {
    id: deps.newId(),
    fileId,
    modelName: model.name,
    longestPart: longestPart(model),
    refresh: body.refresh ?? false,
    keyId,
    budgets: BUDGETS,
    at: toIso(new Date(deps.clock())),
  };
  const begun = await begin(deps, { ownerId, analysis, key });
  const { id: analysisId, status, parts_done: from } = begun.row;
  if (begun.isNew && status === "running")
    await sendJob(deps.jobs, { step: "analyse", fileId, analysisId, from });
  return begun;
}

type Beginning = { ownerId: string; analysis: NewAnalysis; key: IdempotencyKey | undefined };

/** If the response was lost, the analysis may have begun: the job finds out. */
async function begin(
  { db, jobs }: StartDeps,
  { ownerId, analysis, key }: Beginning,
): Promise<Begun> {
  try {
    return await beginAnalysis(db, ownerId, analysis, key);
  } catch (error) {
    const { id: analysisId, fileId } = analysis;
    if (isUnreachable(error)) await sendJob(jobs, { step: "analyse", fileId, analysisId, from: 0 });
    throw error;
  }
}

/** An upper bound for the instructions and the schema. */
const INSTRUCTION_TOKENS = 4_000;

/** The most code points per part: in some scripts each one is a token. */
function longestPart({ contextTokens, maxOutputTokens }: Model): number {
  return contextTokens - maxOutputTokens - INSTRUCTION_TOKENS;
}
