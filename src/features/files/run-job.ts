/** Runs the steps of an ingestion until the file is ready or has failed. */
import { run } from "../../db/client.ts";
import { files } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { embedNext } from "../retrieval/embed.ts";
import { indexFile } from "../retrieval/store.ts";
import { type Failure, failIngestion, finishIngestion } from "./begin-ingestion.ts";
import { ExtractionFailure } from "./failures.ts";
import type { FileJob } from "./jobs.ts";
import { isProcessing } from "./queries.ts";
import { extractPages } from "./extract-job.ts";
import { transcribeNext } from "./ocr/ocr-job.ts";
import { sendJob } from "./send-job.ts";
import { notifyChats } from "./notify-chats.ts";

type IngestionJob = Extract<FileJob, { ingestionAttempt: number }>;

/** How long one message may continue with further steps: a small file needs only one message. */
const BUDGET_MS = 20_000;

/** Throws when a retry may help; a document that cannot be extracted fails permanently. */
export async function runIngestionJob(env: Env, deps: Deps, job: IngestionJob): Promise<void> {
  try {
    const rest = await takeSteps(env, deps, job);
    if (rest === "ready") await notifyChats(env, deps.db, job.fileId, "ready", null);
    else if (rest) await sendJob(env.FILE_JOBS, rest);
  } catch (error) {
    if (!(error instanceof ExtractionFailure)) throw error;
    await failAndNotify(env, deps, job, error);
  }
}

/** The remaining job, "ready" when the file is ready, undefined if a newer attempt has begun. */
async function takeSteps(
  env: Env,
  deps: Deps,
  job: IngestionJob,
): Promise<FileJob | "ready" | undefined> {
  const endsAt = deps.clock() + BUDGET_MS;
  if (job.step !== "extract") await saveProgress(deps, job);
  let next = await takeStep(env, deps, job, endsAt);
  // The next pages get their own message: these may have used most of an isolate's memory.
  while (isIngestionJob(next) && !READS_PAGES.has(next.step) && deps.clock() < endsAt) {
    next = await takeStep(env, deps, next, endsAt);
  }
  return next;
}

/** Steps that hold a file. */
const READS_PAGES = new Set<IngestionJob["step"]>(["extract", "ocr"]);

/** `extract` saves its progress with the pages; embedding may take long. */
async function saveProgress({ db, clock }: Deps, job: IngestionJob): Promise<void> {
  const progress = { updatedAt: new Date(clock()) };
  await run(db.update(files).set(progress).where(isProcessing(job)));
}

function isIngestionJob(job: FileJob | "ready" | undefined): job is IngestionJob {
  return typeof job === "object" && "ingestionAttempt" in job;
}

async function takeStep(
  env: Env,
  deps: Deps,
  job: IngestionJob,
  endsAt: number,
): Promise<FileJob | "ready" | undefined> {
  const { fileId, ingestionAttempt, from } = job;
  if (job.step === "extract") return extractPages(env, deps, job);
  if (job.step === "ocr") return transcribeNext(deps, job);
  if (job.step === "index") {
    const indexed = await indexFile(deps, { fileId, ingestionAttempt }, endsAt);
    if (indexed === "superseded") return undefined;
    if (indexed === "more") return { step: "index", fileId, ingestionAttempt, from: from + 1 };
    return { step: "embed", fileId, ingestionAttempt, from: 0 };
  }
  const embedded = await embedNext(deps, { fileId, ingestionAttempt });
  if (embedded === "more") return { step: "embed", fileId, ingestionAttempt, from: from + 1 };
  const isEmbedded = embedded === "done";
  return (await finishIngestion(deps, { fileId, ingestionAttempt }, { isEmbedded }))
    ? "ready"
    : undefined;
}

/** Fails the ingestion of a dead-lettered or refused job. */
export async function failIngestionJob(env: Env, deps: Deps, job: IngestionJob): Promise<void> {
  await failAndNotify(env, deps, job, { code: "unreadable" });
}

async function failAndNotify(
  env: Env,
  deps: Deps,
  { fileId, ingestionAttempt }: IngestionJob,
  failure: Failure,
): Promise<void> {
  const hasFailed = await failIngestion(deps, { fileId, ingestionAttempt }, failure);
  if (hasFailed) await notifyChats(env, deps.db, fileId, "failed", failure.code);
}
