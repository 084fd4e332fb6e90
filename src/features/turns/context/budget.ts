/** How much of what goes into a prompt. Pure. */
import { BYTES_PER_TOKEN, type Model } from "../../../lib/models.ts";
import type { ReadLimits } from "../store/turn.ts";

/** More history than this costs more than it helps, whatever the model could take. */
const MOST_HISTORY_TOKENS = 128_000;
/**
 * Providers refuse a request of more than about 2,000 messages. Older ones say least, and a chat of short
 * messages has them by the thousand.
 */
export const MOST_PROMPT_MESSAGES = 1_000;
/** Documents that are longer together are searched. */
const MOST_WHOLE_TOKENS = 24_000;
const MOST_FOUND_TOKENS = 12_000;
const CHARACTERS_PER_TOKEN = 4;

/** Tokens that a prompt may have, the system prompt included, so that the answer has room. */
export function promptBudget(model: Model): number {
  return Math.min(model.contextTokens - model.maxOutputTokens, MOST_HISTORY_TOKENS);
}

/** Bytes of history that are worth reading for a prompt of this model. */
export function historyBytes(model: Model): number {
  return promptBudget(model) * BYTES_PER_TOKEN;
}

/** Tokens of documents that go in whole: half a prompt at most, as the rest is for what was said. */
export function wholeTokens(model: Model): number {
  return Math.min(MOST_WHOLE_TOKENS, promptBudget(model) >> 1);
}

/** The same in characters, for what is to be known before they are read. */
export function wholeCharacters(model: Model): number {
  return wholeTokens(model) * CHARACTERS_PER_TOKEN;
}

/** Tokens of passages that were found. */
export function foundTokens(model: Model): number {
  return Math.min(MOST_FOUND_TOKENS, promptBudget(model) >> 1);
}

/** What is worth reading of a chat and its documents. */
export function readLimits(model: Model): ReadLimits {
  return {
    historyBytes: historyBytes(model),
    historyMessages: MOST_PROMPT_MESSAGES,
    wholeDocuments: wholeCharacters(model),
  };
}
