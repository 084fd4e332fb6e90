/** The job `ocr`: transcribes the next scanned page of a file with a vision model. */
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import type { Model } from "../../../lib/models.ts";
import type { Ingestion } from "../../retrieval/indexing/builds.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { LONGEST_TEXT } from "../extract/pages.ts";
import { kindOfContentType, isImage } from "../extract/kind.ts";
import { pictureOfImage } from "../extract/pictures/images.ts";
import type { Picture } from "../extract/pictures/picture.ts";
import { picturesOfPdf } from "../extract/pdf/page-pictures.ts";
import { ExtractionFailure } from "../failures.ts";
import type { FileJob } from "../jobs.ts";
import { objectSource } from "../object-source.ts";
import {
  claimPage,
  type ClaimedPage,
  MOST_TRIES,
  type PageCall,
  releasePage,
  savePage,
  settlePages,
} from "./pages.ts";
import { type PageAttempt, findOcrModel, LOST_USAGE, transcribe } from "./transcribe.ts";

type OcrDeps = Pick<Deps, "db" | "storage" | "model" | "config" | "clock" | "newId">;

/**
 * Transcribes one page. Returns the next job; undefined if another job has claimed a page, or if a newer
 * ingestion attempt has begun. Safe to run repeatedly and concurrently. Throws `ExtractionFailure` if the document
 * has no text in the end, or too much.
 */
export async function transcribeNext(
  deps: OcrDeps,
  { fileId, ingestionAttempt }: Ingestion,
): Promise<FileJob | undefined> {
  const model = findOcrModel(deps);
  const ingestion = { fileId, ingestionAttempt };
  if (!model) return endTranscription(deps, ingestion, "needs_ocr");
  const call: PageCall = { ...ingestion, usageId: deps.newId(), at: now(deps) };
  const { page, isExhausted } = await claimPage(deps.db, call, deps.config.BUDGETS);
  if (page === "busy") return undefined;
  const failure = isExhausted ? "ocr_unpaid" : "ocr_failed";
  if (page === "none") return endTranscription(deps, ingestion, failure);
  const { outcome, ...paid } = isExhausted ? UNPAID : await tryPage(deps, { call, page, model });
  const usage = billsOf(call, page, model, paid);
  const failures = await savePage(
    deps.db,
    { ...call, part: page.part, at: now(deps) },
    outcome,
    usage,
  );
  return { step: "ocr", ...ingestion, from: failures ?? 0 };
}

/** The outcome while the budget of the owner is used up: all pages that are left stay without text. */
const UNPAID: AttemptedPage = { outcome: { failure: "budget_exhausted", last: "file" } };

type AttemptedPage = Partial<PageAttempt> & Pick<PageAttempt, "outcome">;

type Try = { call: PageCall; page: ClaimedPage; model: Model };

/** Releases the page if the attempt fails before the model call, for example while the storage is unavailable. */
async function tryPage(deps: OcrDeps, { call, page, model }: Try): Promise<AttemptedPage> {
  // Also gives up on a page that crashes the process on each attempt.
  if (page.ocr_failures >= MOST_TRIES) return { outcome: { failure: "lost" } };
  try {
    const pictures = await picturesOf(deps, page);
    if (!pictures) return { outcome: { failure: "no_picture", last: "page" } };
    const { original_name: fileName, page: number, page_count: pageCount } = page;
    const shown = { fileName, page: number ?? 1, pageCount: pageCount ?? 1 };
    return await transcribe(deps, model, shown, pictures);
  } catch (error) {
    await releasePage(deps.db, call);
    throw error;
  }
}

async function picturesOf(
  { storage }: OcrDeps,
  page: ClaimedPage,
): Promise<readonly Picture[] | undefined> {
  const kind = kindOfContentType(page.content_type);
  const source = objectSource(storage, page.file_path, Number(page.file_size));
  if (kind === "pdf") return picturesOfPdf(source, page.page ?? 1);
  if (!kind || !isImage(kind)) return undefined;
  const picture = await pictureOfImage(kind, source, page.page ?? 1);
  return picture && [picture];
}

/** The usage rows of this call, and of a previous call that was lost in a crash. */
function billsOf(
  { usageId, at }: PageCall,
  { user_id: userId, lost_id: lostId }: ClaimedPage,
  model: Model,
  { usage, estimated = true }: Partial<PageAttempt>,
): NewUsage[] {
  const of = { userId, chatId: null, messageId: null, kind: "ocr" as const, attempt: 1, model, at };
  const lost = lostId === null ? [] : [{ ...of, id: lostId, ...LOST_USAGE, estimated: true }];
  const paid = usage ? [{ ...of, id: usageId, ...usage, estimated }] : [];
  return [...lost, ...paid];
}

/** Returns the job that indexes the text. Failed pages stay without text. */
async function endTranscription(
  { db }: OcrDeps,
  ingestion: Ingestion,
  failure: "needs_ocr" | "ocr_failed" | "ocr_unpaid",
): Promise<FileJob | undefined> {
  const settled = await settlePages(db, ingestion);
  if (!settled) return undefined;
  const { has_text: hasText, pages_failed: failed, text_length: length } = settled;
  if (!hasText) throw new ExtractionFailure(failed > 0 ? failure : "empty");
  if (length > LONGEST_TEXT) throw new ExtractionFailure("too_much_text");
  return { step: "index", ...ingestion, from: 0 };
}

function now({ clock }: Pick<OcrDeps, "clock">): string {
  return toIso(new Date(clock()));
}
