/** Transcribes one page with one model call, and counts its usage. */
import type { Picture } from "../extract/pictures/picture.ts";
import type { TokenCount } from "../../../clients/model.ts";
import type { Deps } from "../../../deps.ts";
import { logError } from "../../../lib/log.ts";
import { estimateTokens, findModel, type Model } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import { createBoundary } from "../../citations/fence.ts";
import type { PageOutcome } from "./pages.ts";
import { type PagePrompt, promptForPage, readTranscription } from "./prompt.ts";

type TranscribeDeps = Pick<Deps, "model" | "config" | "newId">;

/** The model that `OCR_MODEL` names; undefined if it or its provider is not configured. */
export function findOcrModel({ model, config }: Omit<TranscribeDeps, "newId">): Model | undefined {
  const { OCR_MODEL: name, MODELS } = config;
  const found = name === undefined ? undefined : findModel(name, [name], MODELS);
  return found && model.canAsk(found) ? found : undefined;
}

const CALL_TIMEOUT_MS = 120_000;
/** More than any page has. Limits the output of a model that repeats itself. */
const MOST_TOKENS = 8_192;
/** The approximate number of tokens that providers count for an A4 page. */
const TOKENS_OF_PICTURE = 1_500;

const NOTHING: TokenCount = { promptTokens: 0, completionTokens: 0 };

/** Problems that no retry can solve, either for any page of the file or for this page. */
const LAST: Partial<Record<ProblemCode, "page" | "file">> = {
  ai_not_configured: "file",
  unknown_model: "file",
  ai_unauthorized: "file",
  ai_quota: "file",
  ai_model_not_found: "file",
  ai_context_exceeded: "page",
  ai_filtered: "page",
};

export type PageAttempt = { outcome: PageOutcome; usage: TokenCount; estimated: boolean };

/** Calls the model once. Returns provider errors as a failed outcome; does not throw them. */
export async function transcribe(
  { model: client, newId }: TranscribeDeps,
  model: Model,
  page: Omit<PagePrompt, "boundary">,
  pictures: readonly Picture[],
): Promise<PageAttempt> {
  const boundary = createBoundary(newId);
  const messages = promptForPage({ ...page, boundary });
  const promptTokens =
    estimateTokens(messages.map(({ content }) => content).join("\n")) +
    pictures.length * TOKENS_OF_PICTURE;
  // Reasoning tokens count as output and precede the transcription.
  const most = model.reasons ? 2 * MOST_TOKENS : MOST_TOKENS;
  const maxOutputTokens = Math.min(model.maxOutputTokens, most);
  const request = { model, messages, pictures, maxOutputTokens };
  try {
    const answer = await client.complete(request, AbortSignal.timeout(CALL_TIMEOUT_MS));
    const { text, usage } = answer;
    const outcome = readTranscription(text, boundary) ?? { failure: "not_transcribed" };
    const counted = usage ?? { promptTokens, completionTokens: estimateTokens(text) };
    return { outcome, usage: counted, estimated: usage === undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return failed(error.code, { promptTokens, completionTokens: 0 });
  }
}

/** A failed attempt. Only a timeout is billed, because the provider may have generated output. */
function failed(failure: ProblemCode, count: TokenCount): PageAttempt {
  const last = LAST[failure];
  logError("ocr_failed", { code: failure });
  return {
    outcome: { failure, ...(last && { last }) },
    usage: failure === "ai_timeout" ? count : NOTHING,
    estimated: true,
  };
}

/** The estimated usage of an attempt that was lost in a crash. */
export const LOST_USAGE: TokenCount = { promptTokens: TOKENS_OF_PICTURE, completionTokens: 0 };
