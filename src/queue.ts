/** What queues bring: jobs of files, and those that failed too often. A message may come twice. */
import { createDeps } from "./deps.ts";
import type { Env } from "./env.ts";
import { analysePart } from "./features/files/analysis/analyse-job.ts";
import type { FileJob } from "./features/files/jobs.ts";
import { buryReadingJob, runReadingJob } from "./features/files/run-job.ts";
import { logError, logEvent, nameOf } from "./lib/log.ts";

const DEAD_LETTERS = "indifly-file-jobs-dead";
const FIRST_RETRY_SECONDS = 2;

/** Runs each job by itself: one that fails comes again, and in the end to the dead letters. */
export async function handleJobs(batch: MessageBatch<FileJob>, env: Env): Promise<void> {
  const act = batch.queue === DEAD_LETTERS ? bury : run;
  for (const message of batch.messages) {
    const { step, fileId } = message.body;
    try {
      await act(env, message.body);
      message.ack();
      logEvent("job", { queue: batch.queue, step, file_id: fileId, attempt: message.attempts });
    } catch (error) {
      logError("job_failed", { queue: batch.queue, step, file_id: fileId, cause: nameOf(error) });
      message.retry({ delaySeconds: FIRST_RETRY_SECONDS * 3 ** (message.attempts - 1) });
    }
  }
}

async function run(env: Env, job: FileJob): Promise<void> {
  const deps = createDeps(env);
  if (job.step === "analyse") await analysePart({ ...deps, jobs: env.FILE_JOBS }, job);
  else await runReadingJob(env, deps, job);
}

/** An analysis is taken up again by the minute, and counts its failures itself. */
async function bury(env: Env, job: FileJob): Promise<void> {
  if (job.step !== "analyse") await buryReadingJob(env, createDeps(env), job);
}
