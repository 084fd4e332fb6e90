/** A text as paragraphs, clauses and headings. Places are UTF-16 indexes here; see cut.ts. */
import { type TitleLine, markOf, titleOf } from "./headings.ts";

/** What stands together: never blank at its ends. */
export type Block = {
  start: number;
  end: number;
  /** The heading that it is, or begins with. */
  title: TitleLine | undefined;
  /** It is a heading and nothing else. */
  isTitle: boolean;
};

/** Lines that the format itself marks as headings; in the order of the text. */
export type MarkedLine = { start: number; end: number; level: number };

/** Ends of lines, and the wide gaps that stand for them where a text was taken out of a layout. */
const BREAKS = /[\n\r\f\v\u2028\u2029]| {3,}|\t{2,}/g;

/** A line this long, without an end of a sentence, goes on in the next. */
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

/** Lines without the blanks around them; undefined for an empty one. */
function* readLines(text: string): Generator<Line | undefined> {
  let from = 0;
  for (const found of text.matchAll(BREAKS)) {
    const line = trim(text, from, found.index);
    // Of a gap nothing follows but a new line; an empty line says that a paragraph ended.
    if (line || found[0].length === 1) yield line;
    from = found.index + found[0].length;
  }
  yield trim(text, from, text.length);
}

/** The range without blanks at its ends; undefined where there is nothing else. */
export function trim(text: string, start: number, end: number): Line | undefined {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start < end ? { start, end } : undefined;
}

/** What `\s` matches. */
export function isBlank(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13) || code === 160) return true;
  if (code < 0x1680) return false;
  return /\s/.test(String.fromCharCode(code));
}

const LOOKED_AT = 200;

function blockOf(text: string, { start, end }: Line, marked: MarkedLines): Block {
  const level = marked.levelAt(start, end);
  const line = text.slice(start, Math.min(end, start + LOOKED_AT)).replace(/\u00a0/g, " ");
  if (level !== undefined && end - start <= LONGEST_MARKED) {
    return { start, end, title: { level, text: line }, isTitle: true };
  }
  const title = titleOf(line);
  return { start, end, title, isTitle: title?.whole === true };
}

/** Whether a line belongs to the paragraph above it: hard-wrapped text breaks anywhere. */
function goesOn(text: string, open: Block, last: Line, line: Line, next: Block): boolean {
  if (last.end !== open.end || open.isTitle || next.isTitle || next.title) return false;
  const head = text.slice(line.start, line.start + LOOKED_AT);
  if (markOf(head)) return false;
  if (/^\p{Ll}/u.test(head)) return true;
  return last.end - last.start >= WRAPPED_LENGTH && !/[.;:!?]["”’)\]]?$/.test(tailOf(text, last));
}

const tailOf = (text: string, { start, end }: Line) => text.slice(Math.max(start, end - 3), end);

/** Asked in the order of the text. */
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
