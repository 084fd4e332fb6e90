/** An analysis that is asked for: one that is kept, one that runs, or a new one. */
import type { IdempotencyKey } from "../../../db/idempotency-keys.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { findModel, type Model } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import type { FileJob } from "../jobs.ts";
import { beginAnalysis, type Begun } from "./queries.ts";

type StartDeps = Pick<Deps, "db" | "config" | "model" | "clock" | "newId"> & {
  jobs: Pick<Queue<FileJob>, "send">;
};

type Asked = {
  ownerId: string;
  fileId: string;
  body: { refresh?: boolean | null | undefined; model?: string | null | undefined };
  key: IdempotencyKey | undefined;
};

/**
 * Commits the analysis before anybody works on it, and sends the first job where it is new. Throws
 * `unknown_model`, and what `beginAnalysis` throws.
 */
export async function startAnalysis(
  deps: StartDeps,
  { ownerId, fileId, body, key }: Asked,
): Promise<Begun> {
  const { DEFAULT_MODEL } = deps.config;
  const model = findModel(body.model ?? DEFAULT_MODEL, [DEFAULT_MODEL]);
  if (!model) throw new Problem("unknown_model");
  const analysis = {
    id: deps.newId(),
    fileId,
    modelName: model.name,
    longestPart: longestPart(model),
    refresh: body.refresh ?? false,
    at: toIso(new Date(deps.clock())),
  };
  const begun = await beginAnalysis(deps.db, ownerId, analysis, key);
  const { id: analysisId, status, parts_done: from } = begun.row;
  if (begun.isNew && status === "running")
    await send(deps, { step: "analyse", fileId, analysisId, from });
  return begun;
}

/** Where the queue cannot be reached, the analysis is taken up by the cron. */
async function send({ jobs }: StartDeps, job: FileJob): Promise<void> {
  try {
    await jobs.send(job);
  } catch (error) {
    logError("job_not_sent", { step: job.step, file_id: job.fileId, cause: nameOf(error) });
  }
}

/** What the instructions and the schema take. */
const INSTRUCTION_TOKENS = 4_000;

/** Code points of which each may be a token, as in scripts that few models were made for. */
function longestPart({ contextTokens, maxOutputTokens }: Model): number {
  return contextTokens - maxOutputTokens - INSTRUCTION_TOKENS;
}
