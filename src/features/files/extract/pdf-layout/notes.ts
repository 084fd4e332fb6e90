/**
 * Finds footnotes: lines in smaller type below the text of a page or column that begin with a mark.
 */
import { type Line } from "./reading-order.ts";
import { plainDigits } from "./scripts.ts";

type Parted = {
  body: Line[];
  notes: Line[];
  /** The marks at the start of the notes. */
  marks: Set<string>;
};

/** The largest font size of notes, relative to the running text. */
const NOTE_SIZE = 0.94;
/** A line further below a note does not belong to it, in font sizes. */
const NOTE_GAP = 1.8;
const MARK = /^([\d⁰¹²³⁴-⁹]{1,3}|[*†‡§¶]{1,3})(?=$|[\s.)]|\D)/;

/** Separates the notes from the lines of a page. `bodySize`: the font size of the running text. */
export function partNotes(lines: readonly Line[], bodySize: number): Parted {
  const parted: Parted = { body: [], notes: [], marks: new Set() };
  const referred = referredMarks(lines);
  for (const column of columnsOf(lines)) {
    const start = noteStart(column, bodySize, referred);
    let isNote = false;
    for (const [position, line] of column.entries()) {
      const mark = position < start ? undefined : noteMarkOf(line);
      if (mark !== undefined) parted.marks.add(mark);
      isNote = mark !== undefined || (isNote && !isFarBelow(line, column[position - 1]));
      (isNote ? parted.notes : parted.body).push(line);
    }
  }
  return parted;
}

/** True if white space separates a line from the one before. */
const isFarBelow = (line: Line, before: Line | undefined): boolean =>
  before !== undefined && before.base - line.base > NOTE_GAP * line.size;

/** Splits lines into columns: a new one begins where a line is higher than the one before. */
function columnsOf(lines: readonly Line[]): Line[][] {
  const columns: Line[][] = [];
  let last: Line | undefined;
  for (const line of lines) {
    if (last && line.base <= last.base + last.size) columns.at(-1)?.push(line);
    else columns.push([line]);
    last = line;
  }
  return columns;
}

/**
 * Returns where the notes of a column begin: at the first of its trailing small lines that begins
 * with a mark.
 */
function noteStart(
  column: readonly Line[],
  bodySize: number,
  referred: ReadonlySet<string>,
): number {
  let small = column.length;
  while (small > 0 && (column[small - 1]?.size ?? 0) <= NOTE_SIZE * bodySize) small--;
  for (let at = small; at < column.length; at++) {
    const line = column[at];
    const mark = line && noteMarkOf(line);
    if (mark !== undefined && (referred.has(mark) || isRaisedMark(line))) return at;
  }
  return column.length;
}

export function noteMarkOf({ runs }: Line): string | undefined {
  const mark = MARK.exec(runs[0]?.text ?? "")?.[1];
  return mark === undefined ? undefined : plainDigits(mark);
}

function isRaisedMark(line: Line | undefined): boolean {
  const [mark, text] = line?.runs ?? [];
  if (!mark || !text) return false;
  const isSmaller = mark.size < 0.85 * text.size && mark.base > text.base + 0.1 * text.size;
  return isSmaller || /^[⁰¹²³⁴-⁹]/.test(mark.text);
}

/** Returns the digits and signs that are raised in the text of a page. */
function referredMarks(lines: readonly Line[]): Set<string> {
  const marks = new Set<string>();
  for (const { runs, size } of lines) {
    for (const run of runs) {
      const isSmall = run.size <= 0.85 * size || /^[*†‡§¶]+$/.test(run.text);
      if (!isSmall) continue;
      for (const [mark] of run.text.matchAll(/[\d⁰¹²³⁴-⁹]{1,3}|[*†‡§¶]{1,3}/g)) {
        marks.add(plainDigits(mark));
      }
    }
  }
  return marks;
}
