/** Divides a text into paragraphs, clauses and headings. Positions are UTF-16 indexes; see cut.ts. */
import { type TitleLine, markOf, titleOf } from "./headings.ts";

/** A paragraph, clause or heading, trimmed. */
export type Block = {
  start: number;
  end: number;
  /** The heading that the block is, or begins with. */
  title: TitleLine | undefined;
  /** True if the block is only a heading. */
  isTitle: boolean;
};

/** A line that the file format marks as a heading. */
type MarkedLine = { start: number; end: number; level: number };

/**
 * Line breaks, and the wide gaps that text extracted from a layout has instead. A gap is bounded: the engine
 * keeps a stack entry for each character of a repetition.
 */
const BREAKS = /[\n\r\f\v\u2028\u2029]| {3,10000}|\t{2,10000}/g;

/** A line of at least this length that does not end a sentence continues on the next one. */
const WRAPPED_LENGTH = 40;
const LONGEST_MARKED = 200;

type Line = { start: number; end: number };

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
  let from = 0;
  for (const found of text.matchAll(BREAKS)) {
    const line = trim(text, from, found.index);
    // An empty line ends a paragraph; a wide gap does not.
    if (line || found[0].length === 1) yield line;
    from = found.index + found[0].length;
  }
  yield trim(text, from, text.length);
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

function blockOf(text: string, { start, end }: Line, marked: MarkedLines): Block {
  const level = marked.levelAt(start, end);
  const line = text.slice(start, Math.min(end, start + EXAMINED_UNITS)).replace(/\u00a0/g, " ");
  if (level !== undefined && end - start <= LONGEST_MARKED) {
    return { start, end, title: { level, text: line }, isTitle: true };
  }
  const title = titleOf(line);
  return { start, end, title, isTitle: title?.whole === true };
}

/** True when a line continues the paragraph above it, as in hard-wrapped text. */
function goesOn(text: string, open: Block, last: Line, line: Line, next: Block): boolean {
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
