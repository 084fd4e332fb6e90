/** Parses a completion that was not streamed. Pure. */
import { toChunks } from "./chunks.ts";
import type { AnswerPart } from "./content.ts";
import { ThinkTags } from "./think-tags.ts";
import type { TokenCount } from "./usage.ts";

/** The text without the reasoning before it; "" for an empty completion or a refusal. */
export type Completion = { text: string; usage: TokenCount | undefined };

/** Throws the `Problem` of an error that the provider sent instead. */
export function readCompletion(value: unknown): Completion {
  const chunks = toChunks(value);
  const failure = chunks.find((chunk) => chunk.type === "error");
  if (failure) throw failure.problem;
  const tags = new ThinkTags();
  const parts = chunks.flatMap((chunk) => (chunk.type === "text" ? tags.push(chunk.text) : []));
  const text = textOf([...parts, ...tags.flush()]);
  const usage = chunks.find((chunk) => chunk.type === "usage")?.usage;
  return { text, usage: usage && isPlausible(usage, text) ? usage : undefined };
}

/** A provider that counts no tokens sends zeros. */
function isPlausible({ promptTokens, completionTokens }: TokenCount, text: string): boolean {
  return text === "" || (promptTokens > 0 && completionTokens > 0);
}

function textOf(parts: AnswerPart[]): string {
  return parts.map(({ type, text }) => (type === "text" ? text : "")).join("");
}
