/** A document's text, or a stretch of it, made ready for being searched. */
import { codePointLength } from "../../lib/text.ts";
import { type RegionKind, regionAt, type TextRegion } from "../../lib/text-regions.ts";
import { type NormalText, toNormal } from "./normal-form.ts";

/** A piece of a document's text, in the document's order. */
export type TextPart = {
  page: number | null;
  /** Code points into the document's text. */
  start: number;
  text: string;
  /** Stretches of the document that are not running text, those of this part among them. */
  regions?: readonly TextRegion[];
};

/** A range of a document's text, with its words, its page where that is known, and what it is. */
export type CitedRange = Range & {
  page: number | null;
  quote: string;
  region?: RegionKind;
};

/** Code points into the document's text, the end not included. */
export type Range = { start: number; end: number };

export class DocumentText {
  readonly text: string;
  readonly normal: NormalText;
  readonly #parts: readonly TextPart[];
  /** Where each part begins in the text, in UTF-16 code units. */
  readonly #indexes: number[] = [];

  /** The parts follow on each other without a gap. */
  constructor(parts: readonly TextPart[]) {
    this.#parts = parts;
    let index = 0;
    for (const { text } of parts) {
      this.#indexes.push(index);
      index += text.length;
    }
    this.text = parts.map(({ text }) => text).join("");
    this.normal = toNormal(this.text);
  }

  /** What stands between two indexes of the text, where, and on which page it begins. */
  cite(from: number, to: number): CitedRange {
    const position = this.#partAt(from);
    const [part, index] = [this.#parts[position], this.#indexes[position] ?? 0];
    const quote = this.text.slice(from, to);
    const start = (part?.start ?? 0) + codePointLength(this.text.slice(index, from));
    const end = start + codePointLength(quote);
    const region = regionAt(
      this.#parts.flatMap(({ regions }) => regions ?? []),
      { start, end },
    );
    return { start, end, page: part?.page ?? null, quote, ...(region && { region }) };
  }

  /** The index of the text that an offset of the document is at, or the nearest one to it. */
  toIndex(offset: number): number {
    const position = Math.max(
      this.#parts.findLastIndex(({ start }) => start <= offset),
      0,
    );
    const part = this.#parts[position];
    if (!part) return 0;
    return (this.#indexes[position] ?? 0) + unitsOf(part.text, offset - part.start);
  }

  #partAt(index: number): number {
    let [low, high] = [0, this.#indexes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#indexes[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** UTF-16 code units of the first code points of a text. */
function unitsOf(text: string, count: number): number {
  let units = 0;
  for (let seen = 0; seen < count && units < text.length; seen++) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}
