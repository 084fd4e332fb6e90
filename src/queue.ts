/** Handles the messages of the queues and of their dead-letter queues. A message may arrive twice. */
import { createMetrics } from "./clients/metrics.ts";
import { describeFailure, refusesContent } from "./db/errors.ts";
import { createDeps } from "./deps.ts";
import type { Env } from "./env.ts";
import type { MailJob } from "./features/auth/mails/orders.ts";
import { failMail, sendMail } from "./features/auth/mails/send.ts";
import { analysePart, failAnalyseJob } from "./features/files/analysis/analyse-job.ts";
import type { FileJob } from "./features/files/jobs.ts";
import { failIngestionJob, runIngestionJob } from "./features/files/run-job.ts";
import { type LogFields, logError, logEvent } from "./lib/log.ts";
import { runTraced, type Trace } from "./lib/trace.ts";

/** A message of any of the queues. */
export type Job = FileJob | MailJob;

const DEAD_FILE_JOBS = "indifly-file-jobs-dead";
const DEAD_MAILS = "indifly-mails-dead";
const FIRST_RETRY_SECONDS = 2;

/** Runs each job separately: one that fails is retried, and finally dead-lettered. */
export async function handleJobs(batch: MessageBatch<Job>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    await runTraced(message.body.traceparent, (trace) =>
      handleJob({ message, queue: batch.queue, trace }, env),
    );
  }
}

type Arrived = { message: Message<Job>; queue: string; trace: Trace };

async function handleJob({ message, queue, trace }: Arrived, env: Env): Promise<void> {
  const { body, attempts, timestamp } = message;
  const age = trace.startedAt - timestamp.getTime();
  const fields = { queue, ...describe(body), attempt: attempts, queue_age_ms: age };
  let outcome = "done";
  try {
    await act(env, queue, body);
    message.ack();
    logEvent("job", { ...fields, ...trace.fields });
  } catch (error) {
    outcome = "failed";
    logError("job_failed", { ...fields, ...trace.fields, ...describeFailure(error) });
    message.retry({ delaySeconds: FIRST_RETRY_SECONDS * 3 ** (attempts - 1) });
  }
  const name = "mailId" in body ? "mail" : body.step;
  const measured = { name, outcome, queueAgeMs: age, attempts, ...trace.spent };
  createMetrics(env.METRICS).write({ kind: "job", ...measured });
}

function describe(job: Job): LogFields {
  return "mailId" in job ? { mail_id: job.mailId } : { step: job.step, file_id: job.fileId };
}

async function act(env: Env, queue: string, job: Job): Promise<void> {
  if ("mailId" in job) {
    return queue === DEAD_MAILS ? failMail(createDeps(env), job) : sendMail(createDeps(env), job);
  }
  return queue === DEAD_FILE_JOBS ? fail(env, job) : runOrFail(env, job);
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
