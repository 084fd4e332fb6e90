/** A job of a file on its way from step to step, until the file is ready or has failed. */
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { embedNext } from "../retrieval/embed.ts";
import { indexFile } from "../retrieval/store.ts";
import { failReading, finishReading } from "./begin-reading.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { readPages } from "./read-job.ts";
import { sendJob } from "./send-job.ts";
import { tellChats } from "./tell-chats.ts";

type ReadingJob = Extract<FileJob, { run: number }>;

/** How many steps one message may take where each is short: a small file is ready after one. */
const STEPS_AT_ONCE = 3;

/** Throws where trying again may help; what cannot be read fails for good. */
export async function runReadingJob(env: Env, deps: Deps, job: ReadingJob): Promise<void> {
  try {
    const rest = await takeSteps(deps, job);
    if (rest === "ready") await tellChats(env, deps.db, job.fileId, "ready", null);
    else if (rest) await sendJob(env, rest);
  } catch (error) {
    if (!(error instanceof ExtractionFailure)) throw error;
    await giveUp(env, deps, job, error.code);
  }
}

/** The job that is left, "ready" when the file is, undefined where another run counts by now. */
async function takeSteps(deps: Deps, job: ReadingJob): Promise<FileJob | "ready" | undefined> {
  let next: FileJob | "ready" | undefined = job;
  for (let taken = 0; taken < STEPS_AT_ONCE && isReading(next); taken++) {
    const before: ReadingJob = next;
    next = await takeStep(deps, before);
    // Of a long file each message takes one window: it may be all that an isolate bears.
    if (isReading(next) && next.step === before.step) break;
  }
  return next;
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
  if ((await embedNext(deps, { fileId, run })) === "more") {
    return { step: "embed", fileId, run, from: from + 1 };
  }
  return (await finishReading(deps, { fileId, run })) ? "ready" : undefined;
}

/** What failed too often fails for good. */
export async function buryReadingJob(env: Env, deps: Deps, job: ReadingJob): Promise<void> {
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
