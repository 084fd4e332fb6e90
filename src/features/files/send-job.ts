/** Hands a job to the queue. */
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";
import type { FileJob } from "./jobs.ts";

/**
 * Throws nothing: what the queue did not take is in Postgres all the same, and the minute takes a reading
 * up again that shows no progress.
 */
export async function sendJob(env: Env, job: FileJob): Promise<void> {
  try {
    await send(env, job);
  } catch {
    // Once more: the minute comes late, and a message that comes twice does no harm.
    await send(env, job).catch((error: unknown) => {
      logError("job_not_sent", { step: job.step, file_id: job.fileId, cause: nameOf(error) });
    });
  }
}

async function send(env: Env, job: FileJob): Promise<void> {
  await env.FILE_JOBS.send(job);
}
