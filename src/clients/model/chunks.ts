/** What a provider sends of an answer, read. Pure: knows no SDK and no connection. */
import type { Problem } from "../../lib/problem.ts";
import { type Said, toSaid } from "./content.ts";
import { type Fields, toFields, toText } from "./fields.ts";
import { toFinishReason } from "./finish.ts";
import { readRefusal, toProviderProblem } from "./provider-errors.ts";
import { type TokenCount, toTokenCount } from "./usage.ts";

/** A piece of an answer as it comes. */
export type ModelChunk =
  | Said
  /** The provider took the request, and has said nothing yet. */
  | { type: "begin" }
  /** Nothing was said, and yet the answer goes on: an empty delta, or the call of a tool. */
  | { type: "progress" }
  /** The connection is alive, which says nothing of the answer. */
  | { type: "keep_alive" }
  | { type: "finish"; reason: string }
  /** All that the answer took up to here; where it comes twice, see `mergeCounts`. */
  | { type: "usage"; usage: TokenCount };

/** An error in the place of a chunk. */
export type WireError = { type: "error"; problem: Problem };

/**
 * Reads one JSON value of a stream, or a whole answer. Empty for what is no chunk. An error comes after
 * what was said beside it.
 */
export function toChunks(value: unknown): (ModelChunk | WireError)[] {
  // Gemini wraps errors in an array.
  if (Array.isArray(value)) return value.flatMap(toChunks);
  const wire = toFields(value);
  if (!wire) return [];
  const chunks: (ModelChunk | WireError)[] = [];
  const choices = firstChoices(wire);
  for (const choice of choices) chunks.push(...toSaidOrProgress(choice));
  const usage = wire.usage ? toTokenCount(wire.usage) : undefined;
  if (usage) chunks.push({ type: "usage", usage });
  if (isError(wire)) {
    chunks.push({ type: "error", problem: toProviderProblem(readRefusal(undefined, wire)) });
  }
  for (const choice of choices) {
    // Gemini's compatible endpoint had it in its own spelling.
    const reason = toFinishReason(choice.finish_reason) ?? toFinishReason(choice.finishReason);
    if (reason !== undefined) chunks.push({ type: "finish", reason });
  }
  return chunks;
}

/** One answer was asked for: others beside it are ignored. */
function firstChoices({ choices }: Fields): Fields[] {
  if (!Array.isArray(choices)) return [];
  return choices.map(toFields).filter(isFirst);
}

function isFirst(choice: Fields | undefined): choice is Fields {
  return choice !== undefined && Number(choice.index ?? 0) === 0;
}

function toSaidOrProgress(choice: Fields): ModelChunk[] {
  const message = toFields(choice.delta) ?? toFields(choice.message);
  const said = message ? toSaid(message) : [];
  // Of the older API for completions.
  const text = toText(choice.text);
  if (text !== undefined) said.push({ type: "text", text });
  return said.length > 0 ? said : [{ type: "progress" }];
}

/** `error` as an object or as words; older versions of vLLM, and Anthropic, name the whole chunk so. */
function isError({ error, object, type }: Fields): boolean {
  return Boolean(error) || object === "error" || type === "error";
}
