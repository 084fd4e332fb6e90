/** What queues bring: jobs of files, and those that failed too often. A message may come twice. */
import { createDeps } from "./deps.ts";
import type { Env } from "./env.ts";
import { analysePart } from "./features/files/analysis/analyse-job.ts";
import type { FileJob } from "./features/files/jobs.ts";
import { logError, logEvent, nameOf } from "./lib/log.ts";

const DEAD_LETTERS = "indifly-file-jobs-dead";
const RETRY_SECONDS = 5;

/** Runs each job by itself: one that fails comes again, and in the end to the dead letters. */
export async function handleJobs(batch: MessageBatch<FileJob>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    try {
      await runJob(env, message.body, batch.queue === DEAD_LETTERS);
      message.ack();
    } catch (error) {
      logError("job_failed", { step: message.body.step, cause: nameOf(error) });
      message.retry({ delaySeconds: RETRY_SECONDS });
    }
  }
}

async function runJob(env: Env, job: FileJob, isDead: boolean): Promise<void> {
  const deps = { ...createDeps(env), jobs: env.FILE_JOBS };
  // A dead one is taken up again by the cron, as long as its analysis runs.
  if (job.step === "analyse" && !isDead) await analysePart(deps, job);
  logEvent("job", { step: job.step, file_id: job.fileId, is_dead: isDead });
}
