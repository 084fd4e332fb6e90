/** One step of an analysis, as the queue brings it: a question to the model about one part. */
import { describeFailure, refusesContent } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";
import type { FileJob } from "../jobs.ts";
import { sendJob } from "../send-job.ts";
import { endObsolete, failAnalysis } from "./end.ts";
import { type Asking, claimPart, listStalled, type PartOutcome, saveOutcome } from "./parts.ts";
import { type Try, tryPart } from "./try-part.ts";

type AnalyseJob = Extract<FileJob, { step: "analyse" }>;

type JobDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId"> & {
  jobs: Pick<Queue<FileJob>, "send">;
};

/** After the first failure of a part, and after the second. */
const PAUSES_SECONDS = [1, 3];

/**
 * Asks about the part that the job names, and sends the next job. Where the part is done, or another job
 * is at it, nothing happens: a job may come twice, even at once. Throws only where Postgres or the queue
 * cannot be reached; what was left behind then is resumed later.
 */
export async function analysePart(deps: JobDeps, job: AnalyseJob): Promise<void> {
  const { analysisId, fileId, from } = job;
  const asking: Asking = { analysisId, fileId, from, usageId: deps.newId(), at: now(deps) };
  const part = await claimPart(deps.db, asking);
  if (!part) return;
  const outcome = await save(deps, asking, await tryPart(deps, asking, part));
  if ("failure" in outcome) {
    const delaySeconds = PAUSES_SECONDS[part.failures] ?? 0;
    if (!outcome.isLast) await deps.jobs.send(job, { delaySeconds });
  } else if (!outcome.result) {
    await deps.jobs.send({ ...job, from: from + 1 });
  }
}

/** What was saved of a try: findings that Postgres refuses for what they hold are a failure of the provider. */
async function save(
  deps: Pick<JobDeps, "db" | "clock">,
  asking: Asking,
  { outcome, usage }: Try,
): Promise<PartOutcome> {
  try {
    await saveOutcome(deps.db, { ...asking, at: now(deps) }, outcome, usage);
    return outcome;
  } catch (error) {
    if (!refusesContent(error)) throw error;
    const { analysisId: analysis_id, from: part } = asking;
    logError("analysis_refused", { analysis_id, part, ...describeFailure(error) });
    const failed = { failure: "ai_unavailable" as const, isLast: true };
    await saveOutcome(deps.db, { ...asking, at: now(deps) }, failed, usage);
    return failed;
  }
}

/** What failed too often, or can never succeed, fails for good. */
export async function failAnalyseJob(
  deps: Pick<JobDeps, "db" | "clock">,
  { analysisId, fileId, from }: AnalyseJob,
): Promise<void> {
  await failAnalysis(deps.db, { analysisId, fileId, from, at: now(deps) });
}

/** Resumes what a crash has left behind, and ends what can never go on. Returns the counts for the log. */
export async function resumeAnalyses(
  deps: Pick<JobDeps, "db" | "clock" | "jobs">,
): Promise<Record<string, number>> {
  const ended = await endObsolete(deps.db, now(deps));
  const stalled = await listStalled(deps.db, deps.clock());
  for (const { id: analysisId, file_id: fileId, parts_done: from } of stalled) {
    await sendJob(deps.jobs, { step: "analyse", fileId, analysisId, from });
  }
  return { resumed: stalled.length, ended };
}

function now({ clock }: Pick<JobDeps, "clock">): string {
  return toIso(new Date(clock()));
}
