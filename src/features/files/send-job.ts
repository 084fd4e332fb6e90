/** Sends jobs to the queue. */
import { logError, nameOf } from "../../lib/log.ts";
import { sendInTime } from "../../lib/queue-send.ts";
import type { FileJob } from "./jobs.ts";

/** The delays before a page that has failed never, once and twice. */
const OCR_PAUSES_SECONDS = [0, 1, 3];

export type JobQueue = Pick<Queue<FileJob>, "send">;

/**
 * Sends the job. Never throws: the work is stored in Postgres, and the cron job resumes what makes no
 * progress.
 */
export async function sendJob(queue: JobQueue, job: FileJob): Promise<void> {
  const delaySeconds = job.step === "ocr" ? (OCR_PAUSES_SECONDS[job.from] ?? 0) : 0;
  const send = () => sendInTime(queue, job, { delaySeconds });
  try {
    await send();
  } catch {
    // Retry once: the cron job is slow to resume it, and a duplicate message does no harm.
    await send().catch((error: unknown) => {
      logError("job_not_sent", { step: job.step, file_id: job.fileId, cause: nameOf(error) });
    });
  }
}
