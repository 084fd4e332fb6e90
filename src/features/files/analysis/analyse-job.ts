/** The queue job `analyse`: one model call about one part of a document. */
import { describeFailure, refusesContent } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";
import { sendInTime } from "../../../lib/queue-send.ts";
import type { FileJob } from "../jobs.ts";
import { sendJob } from "../send-job.ts";
import { endObsolete, failAnalysis } from "./end.ts";
import { type PartCall, claimPart, listStalled, type PartOutcome, saveOutcome } from "./parts.ts";
import { type Try, tryPart } from "./try-part.ts";

type AnalyseJob = Extract<FileJob, { step: "analyse" }>;

type JobDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId"> & {
  jobs: Pick<Queue<FileJob>, "send">;
};

/** The delay after the first failure of a part, and after the second. */
const PAUSES_SECONDS = [1, 3];

/**
 * Analyses the part that the job names and sends the next job. Does nothing if the part is done or
 * claimed by another job: a job may arrive twice, even at once. Throws only when Postgres or the queue
 * cannot be reached; the cron job resumes the analysis then.
 */
export async function analysePart(deps: JobDeps, job: AnalyseJob): Promise<void> {
  const { analysisId, fileId, from } = job;
  const call: PartCall = { analysisId, fileId, from, usageId: deps.newId(), at: now(deps) };
  const part = await claimPart(deps.db, call);
  if (!part) return;
  const outcome = await save(deps, call, await tryPart(deps, call, part));
  if ("failure" in outcome) {
    const delaySeconds = PAUSES_SECONDS[part.failures] ?? 0;
    if (!outcome.isLast) await sendInTime(deps.jobs, job, { delaySeconds });
  } else if (!outcome.result) {
    await sendInTime<FileJob>(deps.jobs, { ...job, from: from + 1 });
  }
}

/**
 * Saves an outcome and returns what was saved: findings that Postgres refuses count as a failure of the
 * provider.
 */
async function save(
  deps: Pick<JobDeps, "db" | "clock">,
  call: PartCall,
  { outcome, usage }: Try,
): Promise<PartOutcome> {
  try {
    await saveOutcome(deps.db, { ...call, at: now(deps) }, outcome, usage);
    return outcome;
  } catch (error) {
    if (!refusesContent(error)) throw error;
    const { analysisId: analysis_id, from: part } = call;
    logError("analysis_refused", { analysis_id, part, ...describeFailure(error) });
    const failed = { failure: "ai_unavailable" as const, isLast: true };
    await saveOutcome(deps.db, { ...call, at: now(deps) }, failed, usage);
    return failed;
  }
}

/** Fails the analysis of a dead-lettered or refused job. */
export async function failAnalyseJob(
  deps: Pick<JobDeps, "db" | "clock">,
  { analysisId, fileId, from }: AnalyseJob,
): Promise<void> {
  await failAnalysis(deps.db, { analysisId, fileId, from, at: now(deps) });
}

/** Resumes stalled analyses, and ends those that cannot continue. Returns counts for the log. */
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
