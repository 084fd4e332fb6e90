/** One step of an analysis, as the queue brings it: a question to the model about one part. */
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import type { FileJob } from "../jobs.ts";
import { type Asking, claimPart, findLeft, saveOutcome } from "./parts.ts";
import { tryPart } from "./try-part.ts";

type AnalyseJob = Extract<FileJob, { step: "analyse" }>;

type JobDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId"> & {
  jobs: Pick<Queue<FileJob>, "send">;
};

/** After the first failure of a part, and after the second. */
const PAUSES_SECONDS = [1, 3];

/**
 * Asks about the part that the job names, and sends the next job. Where the part is done, or another job
 * is at it, nothing happens: a job may come twice, even at once. Throws only where Postgres or the queue
 * cannot be reached; what was left behind then is revived.
 */
export async function analysePart(deps: JobDeps, job: AnalyseJob): Promise<void> {
  const { analysisId, fileId, from } = job;
  const asking: Asking = { analysisId, fileId, from, usageId: deps.newId(), at: now(deps) };
  const part = await claimPart(deps.db, asking);
  if (!part) return;
  const { outcome, usage } = await tryPart(deps, asking, part);
  await saveOutcome(deps.db, { ...asking, at: now(deps) }, outcome, usage);
  if ("failure" in outcome) {
    const delaySeconds = PAUSES_SECONDS[part.failures] ?? 0;
    if (!outcome.isLast) await deps.jobs.send(job, { delaySeconds });
  } else if (!outcome.result) {
    await deps.jobs.send({ ...job, from: from + 1 });
  }
}

/** Takes up again what a crash has left behind. */
export async function reviveAnalyses(
  deps: Pick<JobDeps, "db" | "clock" | "jobs">,
): Promise<Record<string, number>> {
  const left = await findLeft(deps.db, deps.clock());
  for (const { id: analysisId, file_id: fileId, parts_done: from } of left) {
    await deps.jobs.send({ step: "analyse", fileId, analysisId, from });
  }
  return { revived: left.length };
}

function now({ clock }: Pick<JobDeps, "clock">): string {
  return toIso(new Date(clock()));
}
