/** From a conversation to what the model is given. Pure. */
import type { PromptMessage } from "../../../clients/model.ts";
import { BYTES_PER_TOKEN, estimateTokens, type Model } from "../../../lib/models.ts";
import { DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";

/** A message of the active path, as far as a prompt needs it. */
export type PastMessage = { type: "user" | "bot"; content: string };

export type Prompt = { messages: PromptMessage[]; estimatedTokens: number };

/** What a provider adds around each message. */
const MESSAGE_OVERHEAD_TOKENS = 4;
/** More history than this costs more than it helps, whatever the model could take. */
const MOST_HISTORY_TOKENS = 128_000;

/**
 * The system prompt and as much of the path, oldest first, as fits `budgetTokens`: the newest are
 * kept, and the last message, the question, always is.
 */
export function buildPrompt(
  system: string,
  path: readonly PastMessage[],
  budgetTokens: number,
): Prompt {
  let estimatedTokens = tokensOf(system);
  const kept: PromptMessage[] = [];
  for (const message of path.toReversed()) {
    const tokens = tokensOf(message.content);
    if (kept.length > 0 && estimatedTokens + tokens > budgetTokens) break;
    // An answer that failed before its first word says nothing to the model.
    if (message.content === "") continue;
    estimatedTokens += tokens;
    kept.unshift({
      role: message.type === "user" ? "user" : "assistant",
      content: message.content,
    });
  }
  return { messages: [{ role: "system", content: system }, ...kept], estimatedTokens };
}

/** The prompt as the model takes it, under the configured instructions or our own. */
export function promptFor(
  model: Model,
  path: readonly PastMessage[],
  system = DEFAULT_SYSTEM_PROMPT,
): Prompt {
  return buildPrompt(system, path, promptBudget(model));
}

/** Tokens that a prompt may have, the system prompt included, so that the answer has room. */
export function promptBudget(model: Model): number {
  return Math.min(model.contextTokens - model.maxOutputTokens, MOST_HISTORY_TOKENS);
}

/** Bytes of history that are worth reading for a prompt of this model. */
export function historyBytes(model: Model): number {
  return promptBudget(model) * BYTES_PER_TOKEN;
}

function tokensOf(text: string): number {
  return estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS;
}
