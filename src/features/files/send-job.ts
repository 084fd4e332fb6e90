/** Sends jobs to the queue. */
import { within } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { withTrace } from "../../lib/trace.ts";
import type { FileJob } from "./jobs.ts";

/** The delays before a page that has failed never, once and twice. */
const OCR_PAUSES_SECONDS = [0, 1, 3];

/** How long the queue may take to accept a message. */
const SEND_MS = 10_000;

export type JobQueue = Pick<Queue<FileJob>, "send">;

/**
 * Sends the job. Never throws: the work is stored in Postgres, and the cron job resumes what makes no
 * progress.
 */
export async function sendJob(queue: JobQueue, job: FileJob): Promise<void> {
  const delaySeconds = job.step === "ocr" ? (OCR_PAUSES_SECONDS[job.from] ?? 0) : 0;
  const message = withTrace(job);
  const send = async () => {
    const sent = queue.send(message, { delaySeconds }).then(() => true);
    if (!(await within(SEND_MS, sent))) throw new DOMException("not sent", "TimeoutError");
  };
  try {
    await send();
  } catch {
    // Retry once: the cron job is slow to resume it, and a duplicate message does no harm.
    await send().catch((error: unknown) => {
      logError("job_not_sent", { step: job.step, file_id: job.fileId, cause: nameOf(error) });
    });
  }
}
