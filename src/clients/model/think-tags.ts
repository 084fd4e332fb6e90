/** Separates reasoning in `<think>` tags from an answer while it streams. Pure. */
import type { AnswerPart } from "./content.ts";

const OPENING = /^<(think|thinking|thought|reasoning)>/i;
const OPENINGS = ["<think>", "<thinking>", "<thought>", "<reasoning>"];

/** The most white space before the tag, in UTF-16 units; after more of it, the answer has begun. */
const MOST_SPACE = 256;

/**
 * Divides an answer into the reasoning of `<think>…</think>` at its start and the text after it. Only
 * white space may come before the tag: anywhere else it is text. If the tag is never closed, everything
 * is reasoning: the model did not get to its answer.
 */
export class ThinkTags {
  #state: "start" | "thinking" | "text" = "start";
  /** The end of the input so far, if it may be the beginning of a tag. */
  #held = "";
  /** The name of the open tag. */
  #name = "";
  /** White space between the reasoning and the answer is dropped. */
  #isAfterReasoning = false;
  /** False until the open block has text: leading white space is dropped. */
  #hasReasoning = false;

  push(text: string): AnswerPart[] {
    const parts: AnswerPart[] = [];
    let rest = this.#held + text;
    this.#held = "";
    while (rest !== "" && this.#state !== "text") {
      rest = this.#state === "start" ? this.#readStart(rest) : this.#readReasoning(rest, parts);
    }
    if (rest !== "") parts.push({ type: "text", text: rest });
    return parts;
  }

  /** Returns what was held back; call it at the end of the input. */
  flush(): AnswerPart[] {
    const parts: AnswerPart[] = [];
    if (this.#state === "thinking") this.#addReasoning(this.#held, parts);
    else if (this.#held !== "") parts.push({ type: "text", text: this.#held });
    this.#held = "";
    return parts;
  }

  /** Returns the unread rest: "" while it may still become a tag. */
  #readStart(rest: string): string {
    const start = rest.trimStart();
    const isFar = !this.#isAfterReasoning && rest.length - start.length > MOST_SPACE;
    const [tag, name] = OPENING.exec(start) ?? [];
    if (!isFar && tag !== undefined && name !== undefined) {
      this.#state = "thinking";
      this.#name = name.toLowerCase();
      this.#hasReasoning = false;
      return start.slice(tag.length);
    }
    if (!isFar && mayBecomeTag(start)) {
      this.#held = this.#isAfterReasoning ? start : rest;
      return "";
    }
    this.#state = "text";
    return this.#isAfterReasoning ? start : rest;
  }

  #readReasoning(rest: string, parts: AnswerPart[]): string {
    const closing = `</${this.#name}>`;
    const at = rest.search(new RegExp(closing, "i"));
    if (at < 0) {
      const known = rest.length - beginningAtEnd(closing, rest);
      this.#held = rest.slice(known);
      this.#addReasoning(rest.slice(0, known), parts);
      return "";
    }
    this.#addReasoning(rest.slice(0, at), parts);
    this.#state = "start";
    this.#isAfterReasoning = true;
    return rest.slice(at + closing.length);
  }

  #addReasoning(reasoning: string, parts: AnswerPart[]): void {
    const text = this.#hasReasoning ? reasoning : reasoning.trimStart();
    if (text === "") return;
    this.#hasReasoning = true;
    parts.push({ type: "reasoning", text });
  }
}

/** True for a prefix of an opening tag, the empty one included. */
function mayBecomeTag(start: string): boolean {
  const lower = start.toLowerCase();
  return OPENINGS.some((opening) => opening.startsWith(lower));
}

/** How many UTF-16 units at the end of the text are a prefix of the tag. */
function beginningAtEnd(tag: string, text: string): number {
  const end = text.slice(1 - tag.length).toLowerCase();
  for (let length = end.length; length > 0; length--) {
    if (tag.startsWith(end.slice(-length))) return length;
  }
  return 0;
}
