/** A document's text, or a part of it, prepared for searching. */
import { codePointLength, indexAfter } from "../../lib/code-points.ts";
import { type RegionKind, regionAt, type TextRegion } from "../../lib/text-regions.ts";
import { interruptionsOf } from "./interruptions.ts";
import { headingAt, headingsOf, type HeadingLine } from "./nearest-heading.ts";
import { type NormalText, toNormal } from "./normal-form.ts";

/** A part of a document's text. */
export type TextPart = {
  page: number | null;
  /** Code points into the document's text. */
  start: number;
  text: string;
  /** Regions of the document outside of the body text; they include those of this part. */
  regions?: readonly TextRegion[];
  /** Lines that the format marks as headings; code points into the document's text. */
  headings?: readonly { start: number }[];
  /** `ocr`: transcribed from a picture. */
  source?: "text" | "ocr";
};

/** Parts above a quotation that are searched for its heading; a part has 50,000 code points at most. */
const PARTS_ABOVE = 4;

/** A range of a document's text with its words, its page (null if unknown) and the kind of its region. */
export type CitedRange = Range & {
  page: number | null;
  /** The nearest heading above it, if the page is not known. */
  heading?: string;
  quote: string;
  region?: RegionKind;
  /** Set when the page on which it begins was transcribed from a picture. */
  source?: "ocr";
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
  /** By the positions of the parts; read when asked for. */
  readonly #headings = new Map<number, readonly HeadingLine[]>();
  #running: NormalText | undefined;
  /** The offset that was converted last, as most come in the order of the text. */
  #converted = { position: -1, offset: 0, index: 0 };

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
    const page = part?.page ?? null;
    const heading = page === null ? this.#headingAbove(position, start) : undefined;
    const kind = {
      ...(region && { region }),
      ...(part?.source === "ocr" && { source: part.source }),
    };
    return { start, end, page, ...(heading && { heading }), quote, ...kind };
  }

  #headingAbove(position: number, offset: number): string | undefined {
    for (let at = position; at >= 0 && at >= position - PARTS_ABOVE; at--) {
      const found = headingAt(this.#headingsOf(at), offset);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #headingsOf(position: number): readonly HeadingLine[] {
    const part = this.#parts[position];
    const found = this.#headings.get(position) ?? (part ? headingsOf(part) : []);
    this.#headings.set(position, found);
    return found;
  }

  /** Converts an offset of the document into the nearest index of this text. */
  toIndex(offset: number): number {
    const position = Math.max(
      this.#parts.findLastIndex(({ start }) => start <= offset),
      0,
    );
    const part = this.#parts[position];
    if (!part) return 0;
    const known = this.#converted;
    const isBehind = known.position === position && known.offset <= offset;
    const from = isBehind ? known : { offset: part.start, index: 0 };
    const index = indexAfter(part.text, offset - from.offset, from.index);
    this.#converted = { position, offset, index };
    return (this.#indexes[position] ?? 0) + index;
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
