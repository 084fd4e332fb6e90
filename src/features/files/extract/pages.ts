/** What a reading gives: the text by page, in parts small enough to be held and written one by one. */
import { codePointLength, indexAfter } from "../../../lib/code-points.ts";
import type { RegionKind, TextRegion } from "../../../lib/text-regions.ts";
import { ExtractionFailure } from "../failures.ts";

/** Code points of one file's text. */
export const LONGEST_TEXT = 5_000_000;

/** Code points of one part. */
const PART_LENGTH = 50_000;

/** Code points of a text that is not divided between two parts. */
const LONGEST_WHOLE = 5_000;

/** Headings beyond it are text like any other: no document for people has as many. */
const MOST_HEADINGS = 20_000;

/** Regions beyond it refuse the document: struck-out words must not become running text. */
const MOST_REGIONS = 100_000;

/** A line that is a heading; offsets are code points into the text of its part. */
type PartHeading = { start: number; end: number; level: number };

export type ExtractedPage = {
  /** From 1; null where the document does not say. A long page comes as several parts, one after the other. */
  page: number | null;
  text: string;
  headings: PartHeading[];
  /** Stretches that are not running text; offsets are code points into the text of this part. */
  regions: TextRegion[];
  /** Characters of this part that the document shows and that have no Unicode. */
  unreadable: number;
  /** True for a page that shows pictures and no text, or no more than a stamp. */
  isScanned: boolean;
  /** True for the last part of the whole document. */
  isLast: boolean;
};

/** `level`: all of the text but the white space around it is a heading. `region`: what the text is. */
export type TextRole = { level?: number | undefined; region?: RegionKind | undefined };

/** Cuts what is read into parts, and counts it. Offsets are code points. */
export class PageWriter {
  /** Code points so far, those of earlier readings included. */
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

  /** The number of the page that is being written; null where it is not known. */
  get page(): number | null {
    return this.#page;
  }

  /** Adds text, which is running text but for its role. */
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

  /** Counts characters of the current part that have no Unicode. */
  countUnreadable(characters: number): void {
    this.#unreadable += characters;
  }

  /** The current page shows pictures and no text, or no more than a stamp. */
  markScanned(): void {
    this.#isScanned = true;
  }

  /** What comes next stands on the next page. */
  turnPage(): void {
    this.#closePart(true);
    if (this.#page !== null) this.#page++;
  }

  /** The parts that are complete. */
  take(): ExtractedPage[] {
    return this.#done.splice(0);
  }

  /** The rest. `isLast` is false where the document goes on after what was asked for. */
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

  /** A stretch that goes on where the one before it ends, and is of its kind, is one with it. */
  #addRegion(length: number, kind: RegionKind): void {
    const [start, end] = [this.#partLength, this.#partLength + length];
    const last = this.#regions.at(-1);
    if (last?.kind === kind && last.end === start) last.end = end;
    else if (this.#regionCount++ < MOST_REGIONS) this.#regions.push({ start, end, kind });
    else throw new ExtractionFailure("too_much_text");
  }

  /** A heading or a paragraph stays whole where it can. */
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
