/** A job of a file on its way from step to step, until the file is ready or has failed. */
import { run } from "../../db/client.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { embedNext } from "../retrieval/embed.ts";
import { indexFile } from "../retrieval/store.ts";
import { failReading, finishReading } from "./begin-reading.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { isProcessing } from "./queries.ts";
import { readPages } from "./read-job.ts";
import { sendJob } from "./send-job.ts";
import { tellChats } from "./tell-chats.ts";

type ReadingJob = Extract<FileJob, { ingestionAttempt: number }>;

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
async function noteProgress({ db, clock }: Deps, job: ReadingJob): Promise<void> {
  const progress = { updatedAt: new Date(clock()) };
  await run(db.update(files).set(progress).where(isProcessing(job)));
}

function isReading(job: FileJob | "ready" | undefined): job is ReadingJob {
  return typeof job === "object" && "ingestionAttempt" in job;
}

async function takeStep(deps: Deps, job: ReadingJob): Promise<FileJob | "ready" | undefined> {
  const { fileId, ingestionAttempt, from } = job;
  if (job.step === "read") return readPages(deps, job);
  if (job.step === "index") {
    await indexFile(deps, { fileId, ingestionAttempt });
    return { step: "embed", fileId, ingestionAttempt, from: 0 };
  }
  const embedded = await embedNext(deps, { fileId, ingestionAttempt });
  if (embedded === "more") return { step: "embed", fileId, ingestionAttempt, from: from + 1 };
  const isEmbedded = embedded === "done";
  return (await finishReading(deps, { fileId, ingestionAttempt }, { isEmbedded }))
    ? "ready"
    : undefined;
}

/** What failed too often, or can never succeed, fails for good. */
export async function failReadingJob(env: Env, deps: Deps, job: ReadingJob): Promise<void> {
  await giveUp(env, deps, job, "unreadable");
}

async function giveUp(
  env: Env,
  deps: Deps,
  { fileId, ingestionAttempt }: ReadingJob,
  code: ExtractionFailure["code"],
): Promise<void> {
  const hasFailed = await failReading(deps, { fileId, ingestionAttempt }, code);
  if (hasFailed) await tellChats(env, deps.db, fileId, "failed", code);
}
