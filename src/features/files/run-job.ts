/** A job of a file on its way from step to step, until the file is ready or has failed. */
import { sql } from "drizzle-orm";
import { repeatable } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { embedNext } from "../retrieval/embed.ts";
import { indexFile } from "../retrieval/store.ts";
import { failReading, finishReading } from "./begin-reading.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { readPages } from "./read-job.ts";
import { sendJob } from "./send-job.ts";
import { tellChats } from "./tell-chats.ts";

type ReadingJob = Extract<FileJob, { run: number }>;

/** How long one message goes on to further steps: a small file is ready after one. */
const BUDGET_MS = 20_000;

/** Throws where trying again may help; what cannot be read fails for good. */
export async function runReadingJob(env: Env, deps: Deps, job: ReadingJob): Promise<void> {
  try {
    const rest = await takeSteps(deps, job);
    if (rest === "ready") await tellChats(env, deps.db, job.fileId, "ready", null);
    else if (rest) await sendJob(env.FILE_JOBS, rest);
  } catch (error) {
    if (!(error instanceof ExtractionFailure)) throw error;
    await giveUp(env, deps, job, error.code);
  }
}

/** The job that is left, "ready" when the file is, undefined where another run counts by now. */
async function takeSteps(deps: Deps, job: ReadingJob): Promise<FileJob | "ready" | undefined> {
  const endsAt = deps.clock() + BUDGET_MS;
  if (job.step !== "read") await noteProgress(deps, job);
  let next = await takeStep(deps, job);
  // The next pages are of another message: these may have been all that an isolate bears.
  while (isReading(next) && next.step !== "read" && deps.clock() < endsAt) {
    next = await takeStep(deps, next);
  }
  return next;
}

/** Pages that are written are a sign of progress by themselves; a provider may take long for its vectors. */
async function noteProgress({ db, clock }: Deps, { fileId, run }: ReadingJob): Promise<void> {
  await repeatable(() =>
    db.execute(sql`
      UPDATE files SET updated_at = ${toIso(new Date(clock()))}::timestamptz
      WHERE id = ${fileId} AND ingestion_attempt = ${run}::int AND status = 'processing'`),
  );
}

function isReading(job: FileJob | "ready" | undefined): job is ReadingJob {
  return typeof job === "object" && "run" in job;
}

async function takeStep(deps: Deps, job: ReadingJob): Promise<FileJob | "ready" | undefined> {
  const { fileId, run, from } = job;
  if (job.step === "read") return readPages(deps, job);
  if (job.step === "index") {
    await indexFile(deps, { fileId, run });
    return { step: "embed", fileId, run, from: 0 };
  }
  const embedded = await embedNext(deps, { fileId, run });
  if (embedded === "more") return { step: "embed", fileId, run, from: from + 1 };
  const isEmbedded = embedded === "done";
  return (await finishReading(deps, { fileId, run }, { isEmbedded })) ? "ready" : undefined;
}

/** What failed too often, or can never succeed, fails for good. */
export async function failReadingJob(env: Env, deps: Deps, job: ReadingJob): Promise<void> {
  await giveUp(env, deps, job, "unreadable");
}

async function giveUp(
  env: Env,
  deps: Deps,
  { fileId, run }: ReadingJob,
  code: ExtractionFailure["code"],
): Promise<void> {
  const hasFailed = await failReading(deps, { fileId, run }, code);
  if (hasFailed) await tellChats(env, deps.db, fileId, "failed", code);
}
