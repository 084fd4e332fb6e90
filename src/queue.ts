/** Handles the messages of the job queue and of its dead-letter queue. A message may arrive twice. */
import { describeFailure, refusesContent } from "./db/errors.ts";
import { createDeps } from "./deps.ts";
import type { Env } from "./env.ts";
import { analysePart, failAnalyseJob } from "./features/files/analysis/analyse-job.ts";
import type { FileJob } from "./features/files/jobs.ts";
import { failIngestionJob, runIngestionJob } from "./features/files/run-job.ts";
import { logError, logEvent } from "./lib/log.ts";

const DEAD_LETTERS = "indifly-file-jobs-dead";
const FIRST_RETRY_SECONDS = 2;

/** Runs each job separately: one that fails is retried, and finally dead-lettered. */
export async function handleJobs(batch: MessageBatch<FileJob>, env: Env): Promise<void> {
  const act = batch.queue === DEAD_LETTERS ? fail : runOrFail;
  for (const message of batch.messages) {
    const { step, fileId: file_id } = message.body;
    const fields = { queue: batch.queue, step, file_id, attempt: message.attempts };
    try {
      await act(env, message.body);
      message.ack();
      logEvent("job", fields);
    } catch (error) {
      logError("job_failed", { ...fields, ...describeFailure(error) });
      message.retry({ delaySeconds: FIRST_RETRY_SECONDS * 3 ** (message.attempts - 1) });
    }
  }
}

/** A job whose values Postgres refuses fails at once: a retry would be refused too. */
async function runOrFail(env: Env, job: FileJob): Promise<void> {
  try {
    await run(env, job);
  } catch (error) {
    if (!refusesContent(error)) throw error;
    logError("job_refused", { step: job.step, file_id: job.fileId, ...describeFailure(error) });
    await fail(env, job);
  }
}

async function run(env: Env, job: FileJob): Promise<void> {
  const deps = createDeps(env);
  if (job.step === "analyse") await analysePart({ ...deps, jobs: env.FILE_JOBS }, job);
  else await runIngestionJob(env, deps, job);
}

/** Fails the ingestion or analysis that the job is part of. */
async function fail(env: Env, job: FileJob): Promise<void> {
  const deps = createDeps(env);
  if (job.step === "analyse") await failAnalyseJob(deps, job);
  else await failIngestionJob(env, deps, job);
}
