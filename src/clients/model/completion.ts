/** An answer in one piece, read. Pure. */
import { toChunks } from "./chunks.ts";
import type { Said } from "./content.ts";
import { ThinkTags } from "./think-tags.ts";
import type { TokenCount } from "./usage.ts";

/** What was answered, without the reasoning before it; "" where that was nothing, or a refusal. */
export type Completion = { text: string; usage: TokenCount | undefined };

/** Throws the `Problem` that came in the answer's place. */
export function readCompletion(value: unknown): Completion {
  const chunks = toChunks(value);
  const failure = chunks.find((chunk) => chunk.type === "error");
  if (failure) throw failure.problem;
  const tags = new ThinkTags();
  const said = chunks.flatMap((chunk) => (chunk.type === "text" ? tags.push(chunk.text) : []));
  const text = textOf([...said, ...tags.flush()]);
  const usage = chunks.find((chunk) => chunk.type === "usage")?.usage;
  return { text, usage: usage && isPlausible(usage, text) ? usage : undefined };
}

/** Zeros where there was text are no count. */
function isPlausible({ promptTokens, completionTokens }: TokenCount, text: string): boolean {
  return text === "" || (promptTokens > 0 && completionTokens > 0);
}

function textOf(said: Said[]): string {
  return said.map(({ type, text }) => (type === "text" ? text : "")).join("");
}
