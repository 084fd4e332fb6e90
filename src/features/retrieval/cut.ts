/**
 * Cuts a document into passages along its structure. A passage spans a heading only in a text with
 * thousands of headings and little text between them, and ends inside of a sentence only if the sentence
 * is too long.
 */
import { type Block, readBlocks } from "./blocks.ts";
import type { TitleLine } from "./headings.ts";
import type { Passage } from "./passage.ts";
import { LONGEST, readSentences, type SentenceSpan } from "./sentences.ts";
import { withColumns } from "./tables.ts";
import { codePointLength, indexAfter } from "../../lib/code-points.ts";

/** All offsets are code points into the text. */
export type CuttableText = {
  text: string;
  pages: { page: number | null; start: number }[];
  headings: { start: number; end: number; level: number }[];
};

/** Sentences are joined up to this many UTF-16 units: quotations are rarely longer. */
const JOINED = 400;
const DEEPEST_PATH = 6;

/**
 * Every passage costs storage and embedding. The first `FREE_PASSAGES` may have any size; beyond them,
 * each must cover at least `LEAST_UNITS` UTF-16 units, and more in a long text, to bound their number.
 */
const FREE_PASSAGES = 1_000;
const LEAST_UNITS = 100;
const MOST_PASSAGES = 20_000;

/**
 * The passages of a text in order. They cover everything but white space; parts of long sentences
 * overlap.
 */
export function* cutPassages(doc: CuttableText): Generator<Passage> {
  const { text } = doc;
  const marked = toIndexes(text, doc.headings);
  const offsets = new OffsetCursor(text);
  const pages = new PageCursor(doc.pages);
  let ordinal = 0;
  for (const { start, end, path } of joinStretches(text, readBlocks(text, marked))) {
    const at = offsets.at(start);
    const passage = text.slice(start, end);
    yield {
      ordinal: ordinal++,
      start: at,
      end: at + codePointLength(passage),
      page: pages.at(at),
      headings: path,
      text: passage,
    };
  }
}

type Cut = SentenceSpan & { path: string[] };

function* joinStretches(text: string, blocks: Iterable<Block>): Generator<Cut> {
  let open: (Cut & { isTitle: boolean }) | undefined;
  let titles: TitleLine[] = [];
  let count = 0;
  const leastUnits = Math.max(LEAST_UNITS, text.length / MOST_PASSAGES);
  for (const block of blocks) {
    if (block.title) titles = below(titles, block.title);
    for (const stretch of block.row ? [block] : readSentences(text, block.start, block.end)) {
      const isAhead = block.title !== undefined && stretch.start === block.start;
      const isScarce = count > FREE_PASSAGES + stretch.start / leastUnits;
      const most = open?.isTitle || isScarce ? LONGEST : JOINED;
      const isFull = open && stretch.end - open.start > most;
      if (open && (isFull || (isAhead && !open.isTitle && !isScarce))) {
        yield open;
        count++;
        open = undefined;
      }
      open ??= { start: stretch.start, end: stretch.end, path: [], isTitle: true };
      if (open.isTitle) open.path = withColumns(pathOf(titles), block.row?.columns);
      open.end = stretch.end;
      open.isTitle &&= block.isTitle;
    }
  }
  if (open) yield open;
}

function below(titles: TitleLine[], title: TitleLine): TitleLine[] {
  return [...titles.filter(({ level }) => level < title.level), title].slice(-DEEPEST_PATH);
}

const pathOf = (titles: TitleLine[]) => titles.map(({ text }) => text.replace(/\s+/g, " "));

/** Converts indexes to code points; call it in text order, so that the text is scanned once. */
class OffsetCursor {
  readonly #text: string;
  #index = 0;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  at(index: number): number {
    this.#offset += codePointLength(this.#text, this.#index, index);
    this.#index = index;
    return this.#offset;
  }
}

class PageCursor {
  readonly #pages: CuttableText["pages"];
  #next = 0;

  constructor(pages: CuttableText["pages"]) {
    this.#pages = pages;
  }

  at(offset: number): number | null {
    while ((this.#pages[this.#next + 1]?.start ?? Infinity) <= offset) this.#next++;
    return this.#pages[this.#next]?.page ?? null;
  }
}

/** Converts ranges of code points, in order, to ranges of indexes. */
function toIndexes<T extends { start: number; end: number }>(text: string, ranges: T[]): T[] {
  let index = 0;
  let offset = 0;
  const indexOf = (wanted: number) => {
    index = indexAfter(text, wanted - offset, index);
    offset = Math.max(offset, wanted);
    return index;
  };
  return ranges.map((range) => ({
    ...range,
    start: indexOf(range.start),
    end: indexOf(range.end),
  }));
}
