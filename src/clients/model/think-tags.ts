/** Reasoning that a model writes into its answer, taken out of it while it streams. Pure. */
import type { Said } from "./content.ts";

const OPENING = /^<(think|thinking|thought|reasoning)>/i;
const OPENINGS = ["<think>", "<thinking>", "<thought>", "<reasoning>"];

/** White space that may stand before the tag; an answer that begins with more begins. */
const MOST_SPACE = 256;

/**
 * Divides an answer into the reasoning of `<think>…</think>` at its start and the text after it. Only
 * white space may stand before the tag: in code, or later, it is text. A tag that is never closed makes
 * all of it reasoning: the model did not get to its answer.
 */
export class ThinkTags {
  #state: "start" | "thinking" | "text" = "start";
  /** The end of what came, where it may be the beginning of a tag. */
  #held = "";
  /** The name of the tag that is open. */
  #name = "";
  /** White space before the answer belongs to it only where no reasoning came before. */
  #isAfterReasoning = false;
  /** True once the reasoning has its first word. */
  #hasThought = false;

  push(text: string): Said[] {
    const said: Said[] = [];
    let rest = this.#held + text;
    this.#held = "";
    while (rest !== "" && this.#state !== "text") {
      rest = this.#state === "start" ? this.#begin(rest) : this.#think(rest, said);
    }
    if (rest !== "") said.push({ type: "text", text: rest });
    return said;
  }

  /** What was held back, once nothing comes after it. */
  flush(): Said[] {
    const said: Said[] = [];
    if (this.#state === "thinking") this.#say(this.#held, said);
    else if (this.#held !== "") said.push({ type: "text", text: this.#held });
    this.#held = "";
    return said;
  }

  /** What is left to be read of it: nothing, where it cannot be decided yet what it begins. */
  #begin(rest: string): string {
    const start = rest.trimStart();
    const isFar = !this.#isAfterReasoning && rest.length - start.length > MOST_SPACE;
    const [tag, name] = OPENING.exec(start) ?? [];
    if (!isFar && tag !== undefined && name !== undefined) {
      this.#state = "thinking";
      this.#name = name.toLowerCase();
      this.#hasThought = false;
      return start.slice(tag.length);
    }
    if (!isFar && mayBecomeTag(start)) {
      this.#held = this.#isAfterReasoning ? start : rest;
      return "";
    }
    this.#state = "text";
    return this.#isAfterReasoning ? start : rest;
  }

  #think(rest: string, said: Said[]): string {
    const closing = `</${this.#name}>`;
    const at = rest.search(new RegExp(closing, "i"));
    if (at < 0) {
      const known = rest.length - beginningAtEnd(closing, rest);
      this.#held = rest.slice(known);
      this.#say(rest.slice(0, known), said);
      return "";
    }
    this.#say(rest.slice(0, at), said);
    this.#state = "start";
    this.#isAfterReasoning = true;
    return rest.slice(at + closing.length);
  }

  #say(reasoning: string, said: Said[]): void {
    const text = this.#hasThought ? reasoning : reasoning.trimStart();
    if (text === "") return;
    this.#hasThought = true;
    said.push({ type: "reasoning", text });
  }
}

/** True for the beginning of an opening tag, and for nothing at all. */
function mayBecomeTag(start: string): boolean {
  const lower = start.toLowerCase();
  return OPENINGS.some((opening) => opening.startsWith(lower));
}

/** How many characters at the end of a text may be the beginning of the tag. */
function beginningAtEnd(tag: string, text: string): number {
  const end = text.slice(1 - tag.length).toLowerCase();
  for (let length = end.length; length > 0; length--) {
    if (tag.startsWith(end.slice(-length))) return length;
  }
  return 0;
}
