/** A document's text, or a part of it, prepared for searching. */
import { codePointLength, indexAfter } from "../../lib/code-points.ts";
import { type RegionKind, regionAt, type TextRegion } from "../../lib/text-regions.ts";
import { interruptionsOf } from "./interruptions.ts";
import { type NormalText, toNormal } from "./normal-form.ts";

/** A part of a document's text. */
export type TextPart = {
  page: number | null;
  /** Code points into the document's text. */
  start: number;
  text: string;
  /** Regions of the document outside of the body text; they include those of this part. */
  regions?: readonly TextRegion[];
};

/** A range of a document's text with its words, its page (null if unknown) and the kind of its region. */
export type CitedRange = Range & {
  page: number | null;
  quote: string;
  region?: RegionKind;
  /** Set when an ellipsis of the quotation hides words: `parts` are the words that were quoted. */
  elided?: true;
  parts?: (Range & { quote: string })[];
};

/** Code points into the document's text, end exclusive. */
export type Range = { start: number; end: number };

export class DocumentText {
  readonly text: string;
  /** The whole text in normal form. */
  readonly normal: NormalText;
  readonly #parts: readonly TextPart[];
  /** Where each part begins in the text, in UTF-16 code units. */
  readonly #indexes: number[] = [];
  readonly #regions: readonly TextRegion[];
  #running: NormalText | undefined;

  /** The parts must be contiguous. */
  constructor(parts: readonly TextPart[]) {
    this.#parts = parts;
    let index = 0;
    for (const { text } of parts) {
      this.#indexes.push(index);
      index += text.length;
    }
    this.text = parts.map(({ text }) => text).join("");
    this.normal = toNormal(this.text);
    this.#regions = uniqueRegions(parts);
  }

  /** The running text in normal form, without what interrupts it; the whole text if nothing does. */
  get running(): NormalText {
    return (this.#running ??= this.#withoutInterruptions());
  }

  /** The text between two indexes, its range in code points, and the page on which it begins. */
  cite(from: number, to: number): CitedRange {
    const position = this.#partAt(from);
    const [part, index] = [this.#parts[position], this.#indexes[position] ?? 0];
    const quote = this.text.slice(from, to);
    const start = (part?.start ?? 0) + codePointLength(this.text, index, from);
    const end = start + codePointLength(quote);
    const region = regionAt(this.#regions, { start, end });
    return { start, end, page: part?.page ?? null, quote, ...(region && { region }) };
  }

  /** Converts an offset of the document into the nearest index of this text. */
  toIndex(offset: number): number {
    const position = Math.max(
      this.#parts.findLastIndex(({ start }) => start <= offset),
      0,
    );
    const part = this.#parts[position];
    if (!part) return 0;
    return (this.#indexes[position] ?? 0) + indexAfter(part.text, offset - part.start);
  }

  #withoutInterruptions(): NormalText {
    const toIndex = (offset: number) => this.toIndex(offset);
    const skipped = interruptionsOf(this.text, this.#regions, toIndex);
    return skipped.length === 0 ? this.normal : toNormal(this.text, skipped);
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

/** Parts that are cut from one stored part repeat its regions. */
function uniqueRegions(parts: readonly TextPart[]): TextRegion[] {
  const all = parts.flatMap(({ regions }) => regions ?? []);
  return [...new Map(all.map((region) => [region.start, region])).values()];
}
