/** Text of a document that is held until its place comes. */
import { ExtractionFailure } from "../../failures.ts";
import type { FlowPiece } from "../flow.ts";
import { LONGEST_TEXT, type TextRole } from "../pages.ts";

/** Counts what of one document is held, in UTF-16 code units. */
export class HeldUnits {
  #left = LONGEST_TEXT;

  count(text: string): void {
    this.#left -= text.length;
    if (this.#left < 0) throw new ExtractionFailure("too_much_text");
  }
}

/** Takes what a flow writes. What is held has no pages of its own. */
export class HeldText {
  readonly pieces: FlowPiece[] = [];
  readonly #units: HeldUnits;

  constructor(units: HeldUnits) {
    this.#units = units;
  }

  write(text: string, role: TextRole = {}): void {
    this.#units.count(text);
    this.pieces.push({ text, ...role });
  }

  turnPage(): void {}

  get text(): string {
    return this.pieces.map(({ text }) => text).join("");
  }
}

/** A text that a part holds among others. */
export type ReadStory = {
  attributes: Record<string, string>;
  text: string;
  /** The id of its last paragraph. */
  paragraph: string;
};
