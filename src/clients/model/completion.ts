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
  const usage = chunks.find((chunk) => chunk.type === "usage")?.usage;
  return { text: textOf([...said, ...tags.flush()]), usage };
}

function textOf(said: Said[]): string {
  return said.map(({ type, text }) => (type === "text" ? text : "")).join("");
}
