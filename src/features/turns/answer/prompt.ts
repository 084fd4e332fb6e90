/** From a conversation to what the model is given. Pure. */
import type { PromptMessage } from "../../../clients/model.ts";
import { estimateTokens, type Model } from "../../../lib/models.ts";
import { fencePassages, withoutFences } from "../documents/fence.ts";
import { DOCUMENT_INSTRUCTIONS, NO_PASSAGES } from "../documents/instructions.ts";
import type { NumberedPassage } from "../documents/passages.ts";
import { promptBudget } from "./budget.ts";
import { DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";

/** A message of the active path, as far as a prompt needs it. */
export type PastMessage = { type: "user" | "bot"; content: string };

export type Prompt = { messages: PromptMessage[]; estimatedTokens: number };

/** What a provider adds around each message. */
const MESSAGE_OVERHEAD_TOKENS = 4;

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

/**
 * The same with passages of documents before the question, and what the model is to know of them below
 * its instructions. No message has anything that could be taken for a passage.
 */
export function promptWithPassages(
  model: Model,
  path: readonly PastMessage[],
  passages: readonly NumberedPassage[],
  system = DEFAULT_SYSTEM_PROMPT,
): Prompt {
  const fenced = passages.length > 0 ? fencePassages(passages) : NO_PASSAGES;
  const messages = path.map(({ type, content }, index) => {
    const said = withoutFences(content);
    return { type, content: index === path.length - 1 ? `${fenced}\n\n${said}` : said };
  });
  return promptFor(model, messages, `${system}\n\n${DOCUMENT_INSTRUCTIONS}`);
}

function tokensOf(text: string): number {
  return estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS;
}
