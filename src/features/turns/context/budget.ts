/** How much history and how many documents go into a prompt. Pure. */
import { BYTES_PER_TOKEN, type Model } from "../../../lib/models.ts";
import type { ReadLimits } from "../store/turn.ts";

/** More history than this costs more than it helps, whatever the model's context. */
const MOST_HISTORY_TOKENS = 128_000;
/** Providers refuse a request of more than about 2,000 messages, and a chat may have thousands of short ones. */
export const MOST_PROMPT_MESSAGES = 1_000;
/** Documents that are longer than this together are searched. */
const MOST_WHOLE_TOKENS = 24_000;
const MOST_FOUND_TOKENS = 12_000;
const CHARACTERS_PER_TOKEN = 4;

/** Tokens that a prompt may have, the system prompt included; the rest is for the answer. */
export function promptBudget(model: Model): number {
  return Math.min(model.contextTokens - model.maxOutputTokens, MOST_HISTORY_TOKENS);
}

/** Bytes of history that can fit into a prompt of this model. */
export function historyBytes(model: Model): number {
  return promptBudget(model) * BYTES_PER_TOKEN;
}

/** Tokens of documents that go in whole: at most half a prompt, because the rest is for the history. */
export function wholeTokens(model: Model): number {
  return Math.min(MOST_WHOLE_TOKENS, promptBudget(model) >> 1);
}

/** The same in characters, for a decision before the documents are read. */
export function wholeCharacters(model: Model): number {
  return wholeTokens(model) * CHARACTERS_PER_TOKEN;
}

/** Tokens of passages that a search has found. */
export function foundTokens(model: Model): number {
  return Math.min(MOST_FOUND_TOKENS, promptBudget(model) >> 1);
}

/** How much of a chat and its documents to read for a prompt of this model. */
export function readLimits(model: Model): ReadLimits {
  return {
    historyBytes: historyBytes(model),
    historyMessages: MOST_PROMPT_MESSAGES,
    wholeDocuments: wholeCharacters(model),
  };
}
