/** Writes lines and paragraphs of PDF pages, which store only positions of runs of characters. */
import type { RegionKind } from "../../../lib/text-regions.ts";
import { ExtractionFailure } from "../failures.ts";
import type { PageWriter } from "./pages.ts";
import type { TextPiece } from "./pdf-layout/line-text.ts";
import {
  type PageBox,
  PageLayout,
  type PageLine,
  type PageText,
} from "./pdf-layout/page-layout.ts";
import { HEADING_SIZE } from "./pdf-layout/paragraphs.ts";
import { NEIGHBOURS } from "./pdf-layout/running-heads.ts";
import type { PaintedRun } from "./pdf-layout/runs.ts";

/** A run of characters as pdf.js returns it. Items without text mark structure. */
type Item = PaintedRun | { type: string };

/**
 * A complete page. `write` is called when the page is written, to pass further facts to the writer.
 */
type KnownPage = { box: PageBox; write?: () => void };

type HeldPage = { layout: PageLayout; write?: (() => void) | undefined };

const LONGEST_HEADING = 200;
/** Runs of a window of pages: 3,000 on each of 100 pages, if each run is a word or a line. */
const MOST_RUNS = 300_000;
/**
 * Runs that are laid out together. A page with more is a drawing: it is written in parts, in
 * painting order, without header and footer.
 */
const MOST_LAID_OUT = 10_000;
/** In UTF-16 code units of a window; more than the code points that a document may have. */
const MOST_HELD = 10_000_000;

/**
 * Writes the pages of a window, each after the two pages that follow it: text that repeats on them
 * is a header or a footer. The two pages before and after the window are laid out for this too, but
 * not written.
 */
export class PdfLines {
  readonly #writer: PageWriter;
  readonly #window: { fromPage: number; lastPage: number };
  /** The number of the current page. */
  #page: number;
  #painted: PaintedRun[] = [];
  /** True if a part of the current page is already written or skipped. */
  #isBegun = false;
  /** Complete pages; written ones stay while they are neighbours. */
  #pages: HeldPage[] = [];
  #nextPage: number;
  #runs = 0;
  #held = 0;

  constructor(writer: PageWriter, window: { fromPage: number; lastPage: number }) {
    this.#writer = writer;
    this.#window = window;
    this.#nextPage = window.fromPage;
    this.#page = firstPageRead(window.fromPage);
  }

  /** Adds runs to the page, in painting order. Throws `too_much_text` beyond the limits. */
  add(items: readonly Item[]): void {
    for (const item of items) {
      if (!("str" in item)) continue;
      // A file may hold endless runs without text.
      if (++this.#runs > MOST_RUNS) throw new ExtractionFailure("too_much_text");
      this.#held += item.str.length;
      if (this.#held > MOST_HELD) throw new ExtractionFailure("too_much_text");
      if (this.#painted.length === MOST_LAID_OUT) this.#writeStretch();
      this.#painted.push(item);
    }
  }

  /** Ends a page. Pages must come in order, starting at `firstPageRead`. */
  endPage({ box, write }: KnownPage): void {
    const layout = new PageLayout(this.#page, this.#painted, this.#isBegun ? undefined : box);
    this.#painted = [];
    this.#pages.push({ layout, write });
    this.#writeUntil(this.#isBegun ? this.#page : this.#page - NEIGHBOURS);
    this.#isBegun = false;
    this.#page++;
  }

  /** Writes the pages that are still held. */
  end(): void {
    this.#writeUntil(this.#window.lastPage);
  }

  /** Writes the runs so far of a page that is too large to be held, after the pages before it. */
  #writeStretch(): void {
    const { fromPage, lastPage } = this.#window;
    if (this.#page >= fromPage && this.#page <= lastPage) {
      this.#writeUntil(this.#page - 1);
      const layout = new PageLayout(this.#page, this.#painted);
      if (!this.#isBegun) this.#turn(this.#page);
      this.#writeText(layout.takeText([], mostOf([layout])), mostOf([layout]));
    }
    this.#isBegun = true;
    this.#painted = [];
  }

  #turn(page: number): void {
    if (page > this.#window.fromPage) this.#writer.turnPage();
  }

  #writeUntil(last: number): void {
    for (; this.#nextPage <= Math.min(last, this.#window.lastPage); this.#nextPage++) {
      const page = this.#nextPage;
      const held = this.#pages.find(({ layout }) => layout.page === page);
      if (held) this.#writePage(held);
      this.#pages = this.#pages.filter(({ layout }) => layout.page >= page + 1 - NEIGHBOURS);
    }
  }

  #writePage({ layout, write }: HeldPage): void {
    if (layout.page !== this.#page || !this.#isBegun) this.#turn(layout.page);
    const near = this.#pages.map((held) => held.layout).filter((other) => isNear(other, layout));
    const bodySize = mostOf(near.concat(layout));
    this.#writeText(layout.takeText(near, bodySize), bodySize);
    write?.();
  }

  #writeText({ header, body, notes, footer }: PageText, bodySize: number): void {
    // The header must not interrupt a sentence that continues from the page before.
    const isWithin = /^\p{Ll}/u.test(body[0]?.pieces[0]?.text ?? "");
    if (!isWithin) this.#writeApart("[Header] ", "header", header);
    for (const line of body) this.#writeLine(line, bodySize);
    this.#writeApart("", "note", notes);
    if (isWithin) this.#writeApart("[Header] ", "header", header);
    this.#writeApart("[Footer] ", "footer", footer);
  }

  #writeLine(line: PageLine, bodySize: number): void {
    if (line.isStart) this.#writer.write("\n");
    const level = levelOf(line, bodySize);
    const heading = level === undefined ? undefined : longestOf(line.pieces);
    for (const piece of line.pieces) {
      const { text, region } = piece;
      this.#writer.write(text, { region, level: piece === heading ? level : undefined });
    }
    this.#writer.write(line.end);
  }

  /** Writes lines of one kind, with a label before each paragraph. */
  #writeApart(label: string, kind: RegionKind, lines: readonly PageLine[]): void {
    for (const [position, { pieces, isStart }] of lines.entries()) {
      if (position > 0) this.#writer.write("\n", { region: isStart ? undefined : kind });
      if (isStart) this.#writer.write(label);
      for (const { text, region = kind } of pieces) {
        this.#writer.write(text, { region: region === "note_mark" ? kind : region });
      }
    }
    if (lines.length > 0) this.#writer.write("\n");
  }
}

/** Returns the first page that must be extracted for a window. */
export const firstPageRead = (fromPage: number): number => Math.max(1, fromPage - NEIGHBOURS);

const isNear = (one: PageLayout, other: PageLayout): boolean =>
  one !== other && Math.abs(one.page - other.page) <= NEIGHBOURS;

/** Returns the font size of most letters on some pages. */
function mostOf(pages: readonly PageLayout[]): number {
  const letters = new Map<number, number>();
  let [body, most] = [0, 0];
  for (const page of pages) {
    for (const [size, count] of page.letters) {
      const sum = (letters.get(size) ?? 0) + count;
      letters.set(size, sum);
      if (sum > most) [body, most] = [size, sum];
    }
  }
  return body;
}

/** Returns the running text of a heading, without note marks. */
function longestOf(pieces: readonly TextPiece[]): TextPiece | undefined {
  const texts = pieces.filter(({ region }) => region === undefined);
  return texts.toSorted((one, other) => other.text.length - one.text.length)[0];
}

function levelOf({ pieces, size, end }: PageLine, body: number): number | undefined {
  const ratio = size / body;
  if (!(ratio >= HEADING_SIZE) || end === "\t") return undefined;
  const text = pieces.map((piece) => piece.text).join("");
  if (text.length > LONGEST_HEADING || !/\p{L}/u.test(text)) return undefined;
  if (ratio >= 1.7) return 1;
  return ratio >= 1.35 ? 2 : 3;
}
