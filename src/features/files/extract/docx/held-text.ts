/** Buffers text that is written later in the document. */
import { ExtractionFailure } from "../../failures.ts";
import type { FlowPiece } from "../flow.ts";
import { LONGEST_TEXT, type TextRole } from "../pages.ts";

/** Counts the buffered UTF-16 code units of a document. */
export class HeldUnits {
  #left = LONGEST_TEXT;

  count(text: string): void {
    this.#left -= text.length;
    if (this.#left < 0) throw new ExtractionFailure("too_much_text");
  }
}

/** Buffers the output of a text flow. Buffered text has no page breaks. */
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

/** One of the texts of a part. */
export type ReadStory = {
  attributes: Record<string, string>;
  text: string;
  /** The id of the last paragraph. */
  paragraph: string;
};
