/** Divides a text into paragraphs, clauses and headings. Positions are UTF-16 indexes; see cut.ts. */
import { type TitleLine, markOf, titleOf } from "./headings.ts";
import { TableScanner, type TableRow } from "./tables.ts";

/** A paragraph, clause or heading, trimmed. */
export type Block = {
  start: number;
  end: number;
  /** The heading that the block is, or begins with. */
  title: TitleLine | undefined;
  /** True if the block is only a heading. */
  isTitle: boolean;
  /** Set if the block is a row of a table, which is not divided. */
  row?: TableRow | undefined;
};

/** A line that the file format marks as a heading. */
type MarkedLine = { start: number; end: number; level: number };

const LINE_BREAKS = /\r\n|[\n\r\f\v\u2028\u2029]/g;

/**
 * The wide gaps that text extracted from a layout has instead of line breaks. A gap is bounded: the engine keeps a
 * stack entry for each character of a repetition.
 */
const WIDE_GAPS = / {3,10000}|\t{2,10000}/g;

/** A line of at least this length that does not end a sentence continues on the next one. */
const WRAPPED_LENGTH = 40;
const LONGEST_MARKED = 200;

type Line = { start: number; end: number; row?: TableRow };

export function* readBlocks(text: string, marked: MarkedLine[]): Generator<Block> {
  let open: Block | undefined;
  let last: Line | undefined;
  const levels = new MarkedLines(marked);
  for (const line of readLines(text)) {
    const next = line && blockOf(text, line, levels);
    if (open && line && next && goesOn(text, open, last ?? line, line, next)) {
      open.end = line.end;
    } else {
      if (open) yield open;
      open = next;
    }
    last = line;
  }
  if (open) yield open;
}

/** Trimmed lines; undefined for an empty one. */
function* readLines(text: string): Generator<Line | undefined> {
  const tables = new TableScanner();
  for (const { start, end } of readRanges(text, LINE_BREAKS)) {
    const line = trim(text, start, end);
    const row = tables.next(line ? text.slice(line.start, line.end) : "");
    if (row && line) yield { ...line, row };
    else if (line) yield* readColumns(text, line);
    else yield undefined;
  }
}

/** The parts of a line between wide gaps, which do not end a paragraph. */
function* readColumns(text: string, { start, end }: Line): Generator<Line> {
  for (const range of readRanges(text.slice(start, end), WIDE_GAPS)) {
    const line = trim(text, start + range.start, start + range.end);
    if (line) yield line;
  }
}

/** The ranges between the matches of a global expression. */
function* readRanges(text: string, between: RegExp): Generator<Line> {
  let start = 0;
  for (const { index, 0: found } of text.matchAll(between)) {
    yield { start, end: index };
    start = index + found.length;
  }
  yield { start, end: text.length };
}

/** The trimmed range; undefined if it is blank. */
export function trim(text: string, start: number, end: number): Line | undefined {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start < end ? { start, end } : undefined;
}

/** True for the characters that `\s` matches. */
export function isBlank(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13) || code === 160) return true;
  if (code < 0x1680) return false;
  return /\s/.test(String.fromCharCode(code));
}

const EXAMINED_UNITS = 200;

function blockOf(text: string, { start, end, row }: Line, marked: MarkedLines): Block {
  const level = marked.levelAt(start, end);
  const line = text.slice(start, Math.min(end, start + EXAMINED_UNITS)).replace(/\u00a0/g, " ");
  if (level !== undefined && end - start <= LONGEST_MARKED) {
    return { start, end, title: { level, text: line }, isTitle: true, row };
  }
  if (row) return { start, end, title: undefined, isTitle: false, row };
  const title = titleOf(line);
  return { start, end, title, isTitle: title?.whole === true };
}

/** True when a line continues the paragraph above it, as in hard-wrapped text. */
function goesOn(text: string, open: Block, last: Line, line: Line, next: Block): boolean {
  if (open.row || next.row) return false;
  if (last.end !== open.end || open.isTitle || next.isTitle || next.title) return false;
  const head = text.slice(line.start, line.start + EXAMINED_UNITS);
  if (markOf(head)) return false;
  if (/^\p{Ll}/u.test(head)) return true;
  return last.end - last.start >= WRAPPED_LENGTH && !/[.;:!?]["”’)\]]?$/.test(tailOf(text, last));
}

const tailOf = (text: string, { start, end }: Line) => text.slice(Math.max(start, end - 3), end);

/** Looks up the levels of marked lines; call it in text order. */
class MarkedLines {
  readonly #lines: MarkedLine[];
  #next = 0;

  constructor(lines: MarkedLine[]) {
    this.#lines = lines;
  }

  levelAt(start: number, end: number): number | undefined {
    while ((this.#lines[this.#next]?.end ?? Infinity) <= start) this.#next++;
    const line = this.#lines[this.#next];
    return line && line.start < end ? line.level : undefined;
  }
}
