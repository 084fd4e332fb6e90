/** From a conversation to what the model is given. Pure. */
import type { PromptMessage } from "../../../clients/model.ts";
import { estimateTokens, type Model } from "../../../lib/models.ts";
import { fencePassages, withoutFences } from "../../citations/fence.ts";
import { documentInstructions, NO_PASSAGES } from "../context/instructions.ts";
import type { NumberedPassage } from "../../citations/excerpt.ts";
import { MOST_PROMPT_MESSAGES, promptBudget } from "../context/budget.ts";
import type { PastMessage } from "../store/turn.ts";
import { DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";

export type Prompt = { messages: PromptMessage[]; estimatedTokens: number };

/** What a provider adds around each message. */
const MESSAGE_OVERHEAD_TOKENS = 4;

/** Stands in for a question of white space alone: providers refuse a message without text. */
const NO_TEXT = "(The message has no text.)";

const BETWEEN_JOINED = "\n\n";

/**
 * The system prompt and as much of the path, oldest first, as fits `budgetTokens`: the newest messages are
 * kept, and the last one, the question, always is, below the passages where there are any. Providers with
 * strict templates take it: a user message comes first, roles alternate, and no message is blank.
 */
export function buildPrompt(
  system: string,
  path: readonly PastMessage[],
  budgetTokens: number,
  passages = "",
): Prompt {
  const head: PromptMessage[] = isBlank(system) ? [] : [{ role: "system", content: system }];
  const above = passages === "" ? "" : passages + BETWEEN_JOINED;
  const room = budgetTokens - tokensOf(system) - estimateTokens(above);
  const said = joinNeighbours(fromFirstQuestion(newestWithin(toMessages(path), room)));
  return toPrompt([...head, ...withAboveLast(said, above)]);
}

/**
 * The prompt with the newer half of its history, in tokens, for a provider that counts more of them than
 * we do; undefined where there is no history to drop.
 */
export function withHalfTheHistory({ messages }: Prompt): Prompt | undefined {
  const head = messages.filter(({ role }) => role === "system");
  const said = messages.slice(head.length);
  const history = tokensOfAll(said.slice(0, -1));
  if (history === 0) return undefined;
  const kept = newestWithin(said, tokensOfAll(said.slice(-1)) + history / 2);
  return toPrompt([...head, ...fromFirstQuestion(kept)]);
}

function toPrompt(messages: PromptMessage[]): Prompt {
  return { messages, estimatedTokens: tokensOfAll(messages) };
}

/** An answer that failed or was stopped before its first word says nothing to the model. */
function toMessages(path: readonly PastMessage[]): PromptMessage[] {
  const last = path.length - 1;
  return path.flatMap(({ type, content }, index): PromptMessage[] => {
    const role = type === "user" ? "user" : "assistant";
    if (!isBlank(content)) return [{ role, content }];
    return index === last ? [{ role, content: NO_TEXT }] : [];
  });
}

/** The newest messages that have so many tokens together; the last one always. */
function newestWithin(messages: readonly PromptMessage[], tokens: number): PromptMessage[] {
  const kept: PromptMessage[] = [];
  let left = tokens;
  for (const message of messages.slice(-MOST_PROMPT_MESSAGES).toReversed()) {
    left -= tokensOf(message.content);
    if (kept.length > 0 && left < 0) break;
    kept.push(message);
  }
  return kept.toReversed();
}

/** Without the greeting, or the answer to a question that did not fit, that would come first. */
function fromFirstQuestion(messages: readonly PromptMessage[]): PromptMessage[] {
  const first = messages.findIndex(({ role }) => role === "user");
  return first < 0 ? [] : messages.slice(first);
}

/** Messages of one role that follow on each other become one. */
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

/** Nothing but white space, control and format characters, which some providers strip before they look. */
function isBlank(text: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}]/u.test(text);
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
 * its instructions. `boundary` is of this prompt alone, from `createBoundary`. No message has anything that could be taken for a passage.
 */
export function promptWithPassages(
  model: Model,
  path: readonly PastMessage[],
  passages: readonly NumberedPassage[],
  boundary: string,
  system = DEFAULT_SYSTEM_PROMPT,
): Prompt {
  const fenced = passages.length > 0 ? fencePassages(passages, boundary) : NO_PASSAGES;
  const said = path.map(({ type, content }) => ({ type, content: withoutFences(content) }));
  const instructions = `${system}\n\n${documentInstructions(boundary)}`;
  return buildPrompt(instructions, said, promptBudget(model), fenced);
}

function tokensOfAll(messages: readonly PromptMessage[]): number {
  return messages.reduce((sum, { content }) => sum + tokensOf(content), 0);
}

function tokensOf(text: string): number {
  return estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS;
}
