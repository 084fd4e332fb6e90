/** Parses what a provider sends of an answer. Pure: knows no SDK and no connection. */
import type { Problem } from "../../lib/problem.ts";
import { type AnswerPart, toAnswerParts } from "./content.ts";
import { type Fields, toFields, toText } from "./fields.ts";
import { toFinishReason } from "./finish.ts";
import { readRefusal, toProviderProblem } from "./provider-errors.ts";
import { type TokenCount, toTokenCount } from "./usage.ts";

/** A piece of an answer as it comes. */
export type ModelChunk =
  | AnswerPart
  /** The provider accepted the request and has sent no token yet. */
  | { type: "begin" }
  /** The answer progresses without text: an empty delta, or a tool call. */
  | { type: "progress" }
  /** The connection is alive; the answer may not progress. */
  | { type: "keep_alive" }
  | { type: "finish"; reason: string }
  /** The tokens used so far; `mergeCounts` combines several. */
  | { type: "usage"; usage: TokenCount };

/** An error that the provider sent instead of a chunk. */
type WireError = { type: "error"; problem: Problem };

/**
 * Parses one JSON value of a stream, or a whole completion. Empty for what is no chunk. An error comes
 * after the text of the same value.
 */
export function toChunks(value: unknown): (ModelChunk | WireError)[] {
  // Gemini wraps errors in an array.
  if (Array.isArray(value)) return value.flatMap(toChunks);
  const wire = toFields(value);
  if (!wire) return [];
  const chunks: (ModelChunk | WireError)[] = [];
  const choices = firstChoices(wire);
  for (const choice of choices) chunks.push(...toPartsOrProgress(choice));
  const usage = wire.usage ? toTokenCount(wire.usage) : undefined;
  if (usage) chunks.push({ type: "usage", usage });
  if (isError(wire)) {
    chunks.push({ type: "error", problem: toProviderProblem(readRefusal(undefined, wire)) });
  }
  for (const choice of choices) {
    // Gemini's compatible endpoint sent camelCase.
    const reason = toFinishReason(choice.finish_reason) ?? toFinishReason(choice.finishReason);
    if (reason !== undefined) chunks.push({ type: "finish", reason });
  }
  return chunks;
}

/** Requests ask for one choice: others are ignored. */
function firstChoices({ choices }: Fields): Fields[] {
  if (!Array.isArray(choices)) return [];
  return choices.map(toFields).filter(isFirst);
}

function isFirst(choice: Fields | undefined): choice is Fields {
  return choice !== undefined && Number(choice.index ?? 0) === 0;
}

function toPartsOrProgress(choice: Fields): ModelChunk[] {
  const message = toFields(choice.delta) ?? toFields(choice.message);
  const parts = message ? toAnswerParts(message) : [];
  // The legacy completions API.
  const text = toText(choice.text);
  if (text !== undefined) parts.push({ type: "text", text });
  return parts.length > 0 ? parts : [{ type: "progress" }];
}

/**
 * `error` is an object or text; older versions of vLLM, and Anthropic, mark the whole chunk as an error.
 */
function isError({ error, object, type }: Fields): boolean {
  return Boolean(error) || object === "error" || type === "error";
}
