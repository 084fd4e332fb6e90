/** Sends jobs to the queue. */
import { logError, nameOf } from "../../lib/log.ts";
import type { FileJob } from "./jobs.ts";

export type JobQueue = Pick<Queue<FileJob>, "send">;

/**
 * Sends the job. Never throws: the work is stored in Postgres, and the cron job resumes what makes no
 * progress.
 */
export async function sendJob(queue: JobQueue, job: FileJob): Promise<void> {
  try {
    await queue.send(job);
  } catch {
    // Retry once: the cron job is slow to resume it, and a duplicate message does no harm.
    await queue.send(job).catch((error: unknown) => {
      logError("job_not_sent", { step: job.step, file_id: job.fileId, cause: nameOf(error) });
    });
  }
}
