/** Finds blocks of rows with gutters: vertical strips of white space between columns. */
import type { Row } from "./rows.ts";
import type { Run } from "./runs.ts";

/** Runs of a row without a wide gap between them. */
export type Segment = {
  /** From left to right. */
  runs: Run[];
  left: number;
  right: number;
};

export type SegmentRow = { segments: Segment[]; base: number; size: number };

/** A range of x positions that all rows of a block leave empty. */
type Gutter = { from: number; to: number };

/** Consecutive rows. A block without gutters keeps its row order. */
export type TextBlock = { rows: SegmentRow[]; gutters: Gutter[] };

/** Counts the rows with text to its left and to its right. */
type Gap = Gutter & { leftRows: number; rightRows: number };

/** A gap that splits a row, in font sizes. */
const WIDE_GAP = 0.9;
/** Narrower gutters need more rows as evidence, since blanks may align by chance. */
const SURE_GUTTER = 1.6;
const MOST_GAPS = 32;
/** The largest distance between base lines of a block, in font sizes. */
const LARGEST_GAP = 6;
/** Rows within which a gutter must appear. */
const MOST_TRIED = 60;
/** A paragraph's number or bullet, which belongs to the words after it. */
const LABEL =
  /^(?:[([]?(?:\d{1,3}|[A-Za-z]|[ivxlc]{1,6}|[IVXLC]{1,6})[)\].]|\d{1,3}(?:\.\d{1,3}){1,5}\.?|[^\p{L}\p{N}]|o|§{1,2}|(?:Art\.|§) ?\d{1,4}\.?)$/u;
const LONGEST_LABEL_GAP = 6;

export function segmentRow(row: Row): SegmentRow {
  const segments: Segment[] = [];
  for (const run of row.runs) {
    const segment = segments.at(-1);
    const gap = segment ? run.left - segment.right : 0;
    if (segment && (gap <= WIDE_GAP * gapSize(row, run) || isLabelled(segment, run, gap))) {
      segment.runs.push(run);
      segment.right = Math.max(segment.right, run.right);
    } else segments.push({ runs: [run], left: run.left, right: run.right });
  }
  return { segments, base: row.base, size: row.size };
}

const gapSize = (row: Row, run: Run): number => Math.min(row.size, 1.5 * run.size);

function isLabelled({ runs: [label, ...others] }: Segment, run: Run, gap: number): boolean {
  return (
    label !== undefined &&
    others.length === 0 &&
    gap <= LONGEST_LABEL_GAP * run.size &&
    LABEL.test(label.text) &&
    /^[\p{L}“"„«‘'([]/u.test(run.text)
  );
}

/**
 * Cuts rows, from the top, into blocks with gutters and the blocks between them. `size`: the font
 * size of most of the text.
 */
export function cutBlocks(rows: readonly SegmentRow[], size: number): TextBlock[] {
  const blocks: TextBlock[] = [];
  let plain: SegmentRow[] = [];
  for (let at = 0; at < rows.length;) {
    const block = isDivided(rows, at) ? blockFrom(rows, at, size) : undefined;
    const row = rows[at];
    if (block) {
      if (plain.length > 0) blocks.push({ rows: plain, gutters: [] });
      plain = [];
      blocks.push(block);
      at += block.rows.length;
    } else {
      if (row) plain.push(row);
      at++;
    }
  }
  if (plain.length > 0) blocks.push({ rows: plain, gutters: [] });
  return blocks;
}

/** True if a row has a wide gap, or the next one begins beside it. */
function isDivided(rows: readonly SegmentRow[], at: number): boolean {
  const [row, next] = [rows[at], rows[at + 1]];
  if (!row) return false;
  if (row.segments.length > 1) return true;
  const [one, other] = [row.segments[0], next?.segments[0]];
  if (!one || !next || !other || next.segments.length > 1) return false;
  const isBeside = other.left > one.right + row.size || one.left > other.right + row.size;
  return isBeside && row.base - next.base < 0.8 * Math.min(row.size, next.size);
}

/** Returns the longest block that starts at a row; undefined without a gutter. */
function blockFrom(
  rows: readonly SegmentRow[],
  start: number,
  size: number,
): TextBlock | undefined {
  let gaps = freeOf(rows[start]);
  let [end, gutters] = [start + 1, guttersOf(gaps, size)];
  for (; end < rows.length; end++) {
    const [before, row] = [rows[end - 1], rows[end]];
    if (!before || !row || isFarBelow(row, before)) break;
    const both = narrow(gaps, row, Math.min(row.size, size));
    const next = guttersOf(both, Math.min(row.size, size));
    if (gutters.length > 0 ? losesMost(gutters, next) : isLost(both, end - start)) break;
    [gaps, gutters] = [both, next];
  }
  if (gutters.length === 0) return undefined;
  const count = end < rows.length ? withoutTail(rows.slice(start, end), gutters) : end - start;
  return { rows: rows.slice(start, start + count), gutters };
}

/** True if the distance between two rows is too large for one block. */
const isFarBelow = (row: SegmentRow, before: SegmentRow): boolean =>
  before.base - row.base > LARGEST_GAP * Math.max(row.size, before.size);

/** True if the gutter with the most rows on both sides is lost. */
function losesMost(gutters: readonly Gap[], next: readonly Gap[]): boolean {
  const most = gutters.reduce((one, other) => (support(other) > support(one) ? other : one));
  return !next.some(({ from, to }) => from >= most.from && to <= most.to);
}

const support = ({ leftRows, rightRows }: Gap): number => Math.min(leftRows, rightRows);

function isLost(gaps: readonly Gap[], tried: number): boolean {
  return (
    tried > MOST_TRIED || !gaps.some(({ leftRows, rightRows }) => leftRows > 0 && rightRows > 0)
  );
}

/** Returns the white space of a row, including the margins. */
function freeOf(row: SegmentRow | undefined): Gap[] {
  const segments = row?.segments ?? [];
  const gaps: Gap[] = [];
  let from = -Infinity;
  for (const [position, { left, right }] of segments.entries()) {
    const rightRows = 1;
    if (left > from) gaps.push({ from, to: left, leftRows: position > 0 ? 1 : 0, rightRows });
    from = Math.max(from, right);
  }
  gaps.push({ from, to: Infinity, leftRows: segments.length > 0 ? 1 : 0, rightRows: 0 });
  return gaps;
}

/** Intersects gaps with the white space of another row. */
function narrow(gaps: readonly Gap[], row: SegmentRow, size: number): Gap[] {
  const free = freeOf(row);
  const both: Gap[] = [];
  for (let [one, other] = [0, 0]; one < gaps.length && other < free.length;) {
    const [gap, space] = [gaps[one], free[other]];
    if (!gap || !space) break;
    const [from, to] = [Math.max(gap.from, space.from), Math.min(gap.to, space.to)];
    if (to - from >= WIDE_GAP * size) {
      const leftRows = gap.leftRows + space.leftRows;
      both.push({ from, to, leftRows, rightRows: gap.rightRows + space.rightRows });
    }
    if (gap.to < space.to) one++;
    else other++;
  }
  if (both.length <= MOST_GAPS) return both;
  const widest = both.toSorted((one, other) => width(other) - width(one)).slice(0, MOST_GAPS);
  return widest.toSorted((one, other) => one.from - other.from);
}

const width = ({ from, to }: Gutter): number => to - from;

function guttersOf(gaps: readonly Gap[], size: number): Gap[] {
  return gaps.filter((gap) => {
    return support(gap) >= (width(gap) >= SURE_GUTTER * size ? 2 : 4);
  });
}

/**
 * Returns how many rows belong to the block: trailing rows on one side only, after a large gap,
 * belong to what follows.
 */
function withoutTail(rows: readonly SegmentRow[], gutters: readonly Gutter[]): number {
  const sideOf = (row: SegmentRow) => onlySide(row, gutters);
  const side = rows.slice(-1).map(sideOf)[0];
  if (side === undefined) return rows.length;
  const last = rows.findLastIndex((row) => sideOf(row) !== side);
  for (let at = last + 1; at < rows.length; at++) {
    const [row, before] = [rows[at], rows[at - 1]];
    if (row && before && before.base - row.base > 1.6 * Math.max(row.size, before.size)) return at;
  }
  return rows.length;
}

/** Returns the side of the gutters that holds the whole row; undefined if several do. */
function onlySide({ segments }: SegmentRow, gutters: readonly Gutter[]): number | undefined {
  const sides = new Set(segments.map((segment) => sideAt(segment, gutters)));
  return sides.size === 1 ? sides.values().next().value : undefined;
}

/** Returns the side of the gutters that holds a segment, from 0 at the left. */
export function sideAt({ left }: Segment, gutters: readonly Gutter[]): number {
  const side = gutters.findIndex(({ to }) => left < to - 0.01);
  return side === -1 ? gutters.length : side;
}
