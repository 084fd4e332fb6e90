/** Hands a job to the queue. */
import { logError, nameOf } from "../../lib/log.ts";
import type { FileJob } from "./jobs.ts";

export type JobQueue = Pick<Queue<FileJob>, "send">;

/**
 * Throws nothing: what the queue did not take is in Postgres all the same, and each minute resumes what
 * shows no progress.
 */
export async function sendJob(queue: JobQueue, job: FileJob): Promise<void> {
  try {
    await queue.send(job);
  } catch {
    // Once more: the minute comes late, and a message that comes twice does no harm.
    await queue.send(job).catch((error: unknown) => {
      logError("job_not_sent", { step: job.step, file_id: job.fileId, cause: nameOf(error) });
    });
  }
}
