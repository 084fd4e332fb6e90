/** What a reading gives: the text by page, in parts small enough to be held and written one by one. */
import { codePointLength } from "../../../lib/text.ts";
import { ExtractionFailure } from "../failures.ts";

/** Code points of one file's text. */
export const LONGEST_TEXT = 5_000_000;

/** Code points of one part. */
const PART_LENGTH = 50_000;

/** Code points of a text that is not divided between two parts. */
const LONGEST_WHOLE = 5_000;

/** Headings beyond it are text like any other: no document for people has as many. */
const MOST_HEADINGS = 20_000;

/** A line that is a heading; offsets are code points into the text of its part. */
export type PartHeading = { start: number; end: number; level: number };

export type ExtractedPage = {
  /** From 1. A long page comes as several parts, one after the other. */
  page: number;
  text: string;
  headings: PartHeading[];
  /** True for the last part of the whole document. */
  isLast: boolean;
};

/** Cuts what is read into parts, and counts it. Offsets are code points. */
export class PageWriter {
  /** Code points so far, those of earlier readings included. */
  length: number;
  #page: number;
  #pieces: string[] = [];
  #partLength = 0;
  #headings: PartHeading[] = [];
  #headingCount = 0;
  #done: ExtractedPage[] = [];

  constructor({ page, textBefore }: { page: number; textBefore: number }) {
    this.#page = page;
    this.length = textBefore;
  }

  /** The number of the page that is being written. */
  get page(): number {
    return this.#page;
  }

  /** Adds text; with a level, all of it but the white space around it is a heading. */
  write(text: string, level?: number): void {
    const length = codePointLength(text);
    this.length += length;
    if (this.length > LONGEST_TEXT) throw new ExtractionFailure("too_much_text");
    const isDivided = this.#partLength + length > PART_LENGTH && this.#isDivisible(length, level);
    if (isDivided) return this.#writeDivided(text);
    if (this.#partLength + length > PART_LENGTH) this.#closePart();
    if (level !== undefined) this.#addHeading(text, level);
    this.#pieces.push(text);
    this.#partLength += length;
  }

  /** What comes next stands on the next page. */
  turnPage(): void {
    this.#closePart(true);
    this.#page++;
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

  /** A heading or a paragraph stays whole where it can. */
  #isDivisible(length: number, level: number | undefined): boolean {
    return length > PART_LENGTH || (level === undefined && length > LONGEST_WHOLE);
  }

  #writeDivided(text: string): void {
    let start = 0;
    while (start < text.length) {
      if (this.#partLength === PART_LENGTH) this.#closePart();
      const end = afterCodePoints(text, start, PART_LENGTH - this.#partLength);
      const stretch = text.slice(start, end);
      this.#pieces.push(stretch);
      this.#partLength += codePointLength(stretch);
      start = end;
    }
  }

  #closePart(evenEmpty = false): void {
    if (this.#partLength === 0 && !evenEmpty) return;
    this.#done.push({
      page: this.#page,
      text: this.#pieces.join(""),
      headings: this.#headings,
      isLast: false,
    });
    this.#pieces = [];
    this.#partLength = 0;
    this.#headings = [];
  }
}

/** Where in a text so many code points after a position end. Both positions are of UTF-16. */
function afterCodePoints(text: string, start: number, count: number): number {
  let position = start;
  for (let left = count; left > 0 && position < text.length; left--) {
    position += (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
  }
  return position;
}
