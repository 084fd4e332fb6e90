/** The prompt of a conversation. Pure. */
import type { PromptMessage } from "../../../clients/model.ts";
import { estimateTokens, type Model } from "../../../lib/models.ts";
import { fencePassages, withoutFences } from "../../citations/fence.ts";
import { MOST_PROMPT_MESSAGES, promptBudget } from "../context/budget.ts";
import type { Gathered } from "../context/gather.ts";
import type { PastMessage } from "../store/turn.ts";
import {
  DEFAULT_SYSTEM_PROMPT,
  documentInstructions,
  NO_PASSAGES,
  NOTHING_RELEVANT,
} from "./system-prompt.ts";

export type Prompt = { messages: PromptMessage[]; estimatedTokens: number };

/** What a provider counts for each message beside its text. */
const MESSAGE_OVERHEAD_TOKENS = 4;

/** Replaces a last user message of white space alone: providers refuse a message without text. */
const NO_TEXT = "(The message has no text.)";

const BETWEEN_JOINED = "\n\n";

/**
 * The system prompt and as much of the path, oldest first, as fits `budgetTokens`: the newest messages, and
 * always the last one, the user message, with the passages above its text. Meets the rules of strict providers:
 * a user message comes first, roles alternate, and no message is blank.
 */
export function buildPrompt(
  system: string,
  path: readonly PastMessage[],
  budgetTokens: number,
  passages = "",
): Prompt {
  const head: PromptMessage[] = isBlank(system) ? [] : [{ role: "system", content: system }];
  const above = passages === "" ? "" : passages + BETWEEN_JOINED;
  const leftTokens = budgetTokens - tokensOf(system) - estimateTokens(above);
  const messages = fromFirstUserMessage(newestWithin(toMessages(path), leftTokens));
  return toPrompt([...head, ...withAboveLast(joinNeighbours(messages), above)]);
}

/**
 * The prompt with the newer half of its history, in tokens, for a provider that counts more tokens than this
 * code does; undefined where there is no history to drop.
 */
export function withHalfTheHistory({ messages }: Prompt): Prompt | undefined {
  const head = messages.filter(({ role }) => role === "system");
  const path = messages.slice(head.length);
  const historyTokens = tokensOfAll(path.slice(0, -1));
  if (historyTokens === 0) return undefined;
  const kept = newestWithin(path, tokensOfAll(path.slice(-1)) + historyTokens / 2);
  return toPrompt([...head, ...fromFirstUserMessage(kept)]);
}

function toPrompt(messages: PromptMessage[]): Prompt {
  return { messages, estimatedTokens: tokensOfAll(messages) };
}

/** Leaves out answers without text, which failed or were stopped. */
function toMessages(path: readonly PastMessage[]): PromptMessage[] {
  const last = path.length - 1;
  return path.flatMap(({ type, content }, index): PromptMessage[] => {
    const role = type === "user" ? "user" : "assistant";
    if (!isBlank(content)) return [{ role, content }];
    return index === last ? [{ role, content: NO_TEXT }] : [];
  });
}

/** The newest messages within so many tokens; always the last one. */
function newestWithin(messages: readonly PromptMessage[], tokens: number): PromptMessage[] {
  const kept: PromptMessage[] = [];
  let leftTokens = tokens;
  for (const message of messages.slice(-MOST_PROMPT_MESSAGES).toReversed()) {
    leftTokens -= tokensOf(message.content);
    if (kept.length > 0 && leftTokens < 0) break;
    kept.push(message);
  }
  return kept.toReversed();
}

/** Without the answers at the beginning: a greeting, or the answer to a message that did not fit. */
function fromFirstUserMessage(messages: readonly PromptMessage[]): PromptMessage[] {
  const first = messages.findIndex(({ role }) => role === "user");
  return first < 0 ? [] : messages.slice(first);
}

/** Joins consecutive messages of one role. */
function joinNeighbours(messages: readonly PromptMessage[]): PromptMessage[] {
  const joined: PromptMessage[] = [];
  for (const { role, content } of messages) {
    const last = joined.at(-1);
    if (last?.role === role) last.content += BETWEEN_JOINED + content;
    else joined.push({ role, content });
  }
  return joined;
}

function withAboveLast(messages: readonly PromptMessage[], above: string): PromptMessage[] {
  const last = messages.length - 1;
  return messages.map(({ role, content }, index) =>
    index === last ? { role, content: above + content } : { role, content },
  );
}

/** True for white space, control and format characters alone, which some providers strip. */
function isBlank(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}]/u.test(text);
}

/** The prompt for a model, with the configured system prompt or the default one. */
export function promptFor(
  model: Model,
  path: readonly PastMessage[],
  system = DEFAULT_SYSTEM_PROMPT,
): Prompt {
  return buildPrompt(system, path, promptBudget(model));
}

/**
 * The same with passages of documents above the user message, and instructions about them below the system
 * prompt. `boundary`: from `createBoundary`, for this prompt alone. Fences in messages are removed, so that no
 * message can pass for a passage. A notice above them says where a search found nothing relevant.
 */
export function promptWithPassages(
  model: Model,
  path: readonly PastMessage[],
  { passages, foundNothing = false }: Pick<Gathered, "passages" | "foundNothing">,
  boundary: string,
  system = DEFAULT_SYSTEM_PROMPT,
): Prompt {
  const notice = foundNothing ? `${NOTHING_RELEVANT}${BETWEEN_JOINED}` : "";
  const fenced = passages.length > 0 ? notice + fencePassages(passages, boundary) : NO_PASSAGES;
  const unfenced = path.map(({ type, content }) => ({ type, content: withoutFences(content) }));
  const instructions = `${system}\n\n${documentInstructions(boundary)}`;
  return buildPrompt(instructions, unfenced, promptBudget(model), fenced);
}

function tokensOfAll(messages: readonly PromptMessage[]): number {
  return messages.reduce((sum, { content }) => sum + tokensOf(content), 0);
}

function tokensOf(text: string): number {
  return estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS;
}
