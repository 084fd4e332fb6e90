/**
 * The result of an extraction: text by page, in parts small enough to buffer and store one by one.
 */
import { codePointLength, indexAfter } from "../../../lib/code-points.ts";
import type { RegionKind, TextRegion } from "../../../lib/text-regions.ts";
import { ExtractionFailure } from "../failures.ts";

/** In code points, of one file. */
export const LONGEST_TEXT = 5_000_000;

/** In code points. */
const PART_LENGTH = 50_000;

/** In code points. A longer text may be split between two parts. */
const LONGEST_WHOLE = 5_000;

/** Headings beyond this count become plain text: no document written for people has as many. */
const MOST_HEADINGS = 20_000;

/** Regions beyond this count fail the document: struck-out words must not become running text. */
const MOST_REGIONS = 100_000;

/** A heading line. Offsets are code points in the text of its part. */
type PartHeading = { start: number; end: number; level: number };

export type ExtractedPage = {
  /** From 1; null if unknown. A long page comes as several consecutive parts. */
  page: number | null;
  text: string;
  headings: PartHeading[];
  /** Ranges that are not running text. Offsets are code points in the text of this part. */
  regions: TextRegion[];
  /** How many visible characters of this part have no Unicode mapping. */
  unreadable: number;
  /** True for a page of pictures without text, or with a stamp at most. */
  isScanned: boolean;
  /** True for the last part of the whole document. */
  isLast: boolean;
};

/**
 * `level`: the text, apart from surrounding white space, is a heading of this level. `region`: the
 * kind of text.
 */
export type TextRole = { level?: number | undefined; region?: RegionKind | undefined };

/** Cuts extracted text into parts and counts it. Offsets are code points. */
export class PageWriter {
  /** Code points so far, those of earlier windows included. */
  length: number;
  #page: number | null;
  #pieces: string[] = [];
  #partLength = 0;
  #headings: PartHeading[] = [];
  #headingCount = 0;
  #regions: TextRegion[] = [];
  #regionCount = 0;
  #unreadable = 0;
  #isScanned = false;
  #done: ExtractedPage[] = [];

  constructor({ page, textBefore }: { page: number | null; textBefore: number }) {
    this.#page = page;
    this.length = textBefore;
  }

  /** The number of the current page; null if unknown. */
  get page(): number | null {
    return this.#page;
  }

  /** Appends text; without a role it is running text. Throws `too_much_text` beyond the limit. */
  write(text: string, { level, region }: TextRole = {}): void {
    const length = codePointLength(text);
    this.length += length;
    if (this.length > LONGEST_TEXT) throw new ExtractionFailure("too_much_text");
    const isDivided = this.#partLength + length > PART_LENGTH && this.#isDivisible(length, level);
    if (isDivided) return this.#writeDivided(text, region);
    if (this.#partLength + length > PART_LENGTH) this.#closePart();
    if (level !== undefined) this.#addHeading(text, level);
    this.#append(text, length, region);
  }

  /** Counts characters of the current part that have no Unicode mapping. */
  countUnreadable(characters: number): void {
    this.#unreadable += characters;
  }

  /** Marks the current page as pictures without text, or with a stamp at most. */
  markScanned(): void {
    this.#isScanned = true;
  }

  /** Starts the next page. */
  turnPage(): void {
    this.#closePart(true);
    if (this.#page !== null) this.#page++;
  }

  /** Removes and returns the complete parts. */
  take(): ExtractedPage[] {
    return this.#done.splice(0);
  }

  /** Returns the remaining parts. `isLast` is false if the document continues after the window. */
  end(isLast: boolean): ExtractedPage[] {
    this.#closePart(true);
    const last = this.#done.at(-1);
    if (last) last.isLast = isLast;
    return this.take();
  }

  #addHeading(text: string, level: number): void {
    const heading = text.trim();
    if (heading === "" || this.#headingCount++ >= MOST_HEADINGS) return;
    const before = text.slice(0, text.length - text.trimStart().length);
    const start = this.#partLength + codePointLength(before);
    this.#headings.push({ start, end: start + codePointLength(heading), level });
  }

  #append(text: string, length: number, region: RegionKind | undefined): void {
    if (region !== undefined) this.#addRegion(length, region);
    this.#pieces.push(text);
    this.#partLength += length;
  }

  /** Merges a range with an adjacent one of the same kind. */
  #addRegion(length: number, kind: RegionKind): void {
    const [start, end] = [this.#partLength, this.#partLength + length];
    const last = this.#regions.at(-1);
    if (last?.kind === kind && last.end === start) last.end = end;
    else if (this.#regionCount++ < MOST_REGIONS) this.#regions.push({ start, end, kind });
    else throw new ExtractionFailure("too_much_text");
  }

  /** Keeps a heading or a paragraph in one part if possible. */
  #isDivisible(length: number, level: number | undefined): boolean {
    return length > PART_LENGTH || (level === undefined && length > LONGEST_WHOLE);
  }

  #writeDivided(text: string, region: RegionKind | undefined): void {
    let start = 0;
    while (start < text.length) {
      if (this.#partLength === PART_LENGTH) this.#closePart();
      const end = indexAfter(text, PART_LENGTH - this.#partLength, start);
      const stretch = text.slice(start, end);
      this.#append(stretch, codePointLength(stretch), region);
      start = end;
    }
  }

  #closePart(evenEmpty = false): void {
    if (this.#partLength === 0 && !evenEmpty) return;
    this.#done.push({
      page: this.#page,
      text: this.#pieces.join(""),
      headings: this.#headings,
      regions: this.#regions,
      unreadable: this.#unreadable,
      isScanned: this.#isScanned,
      isLast: false,
    });
    this.#pieces = [];
    this.#partLength = 0;
    this.#headings = [];
    this.#regions = [];
    this.#unreadable = 0;
    this.#isScanned = false;
  }
}
