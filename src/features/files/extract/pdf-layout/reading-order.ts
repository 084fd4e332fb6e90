/** Puts the lines of a page into reading order: column after column, tables row by row. */
import { type TextBlock, cutBlocks, type Segment, type SegmentRow, sideAt } from "./gutters.ts";
import { mostOf } from "./rows.ts";
import type { Run } from "./runs.ts";

export type Line = {
  /** From left to right. */
  runs: Run[];
  base: number;
  left: number;
  right: number;
  size: number;
  /** A tab after a cell with another cell after it in its row. */
  end: "\n" | "\t";
  isCell: boolean;
};

/** One side of a gutter, from the top. `row`: the index of its row in the block. */
type SideLine = { segments: Segment[]; row: number; base: number; size: number };
type Side = { lines: SideLine[]; left: number; right: number };

const MOST_DEPTH = 4;
/** The largest mean length of row labels in a table. */
const LONGEST_LABEL = 14;
/** The least distance between cells of tables without a continuous gutter, in font sizes. */
const CELL_GAP = 1.5;
/** A line that ends before this share of its column's width ends a paragraph. */
export const FULL_LINE = 0.85;

export function readingOrder(
  rows: readonly SegmentRow[],
  isRightToLeft: boolean,
  depth = 0,
): Line[] {
  if (depth === MOST_DEPTH) return rows.map(plainLine);
  const { size } = mostOf(rows.flatMap(({ segments }) => segments.flatMap(({ runs }) => runs)));
  return cutBlocks(rows, size).flatMap((block) => {
    if (block.gutters.length === 0) return block.rows.map(plainLine);
    const sides = sidesOf(block);
    if (isRightToLeft) sides.reverse();
    const form = formOf(sides, block.rows.length);
    if (form === "rows") return block.rows.flatMap((row) => cellLines(row, block, isRightToLeft));
    if (form === "cells") return bandLines(sides, block.rows.length);
    return sides.flatMap((side) => readingOrder(rowsOfSide(side), isRightToLeft, depth + 1));
  });
}

function sidesOf({ rows, gutters }: TextBlock): Side[] {
  const sides = Array.from({ length: gutters.length + 1 }, (): Side => ({
    lines: [],
    left: Infinity,
    right: -Infinity,
  }));
  for (const [position, { segments, base, size }] of rows.entries()) {
    for (const segment of segments) {
      const side = sides[sideAt(segment, gutters)];
      if (!side) continue;
      const last = side.lines.at(-1);
      if (last?.row === position) last.segments.push(segment);
      else side.lines.push({ segments: [segment], row: position, base, size });
      side.left = Math.min(side.left, segment.left);
      side.right = Math.max(side.right, segment.right);
    }
  }
  return sides.filter(({ lines }) => lines.length > 0);
}

const rowsOfSide = ({ lines }: Side): SegmentRow[] =>
  lines.map(({ segments, base, size }) => ({ segments, base, size }));

/** Classifies a block: table rows, cells of several lines, or text columns. */
function formOf(sides: readonly Side[], rowCount: number): "rows" | "cells" | "columns" {
  const flowing = sides.filter(isFlowing);
  if (flowing.length === 0) return isAligned(sides) ? "rows" : "columns";
  if (isPaintedApart(sides)) return "columns";
  const isInRows = (side: Side) => flowing.includes(side) || labelsRows(side, rowCount);
  if (flowing.length < sides.length && sides.every(isInRows)) return "rows";
  return isTopAligned(sides, flowing) ? "cells" : "columns";
}

/** True if a side has a few letters in most rows, such as a number or a name. */
function labelsRows({ lines }: Side, rowCount: number): boolean {
  const letters = lines.flatMap(runsOf).reduce((sum, { text }) => sum + text.length, 0);
  return lines.length > 0.8 * rowCount && letters <= LONGEST_LABEL * lines.length;
}

/** True for text that flows from line to line. */
function isFlowing({ lines, left, right }: Side): boolean {
  const width = right - left;
  let [full, divided, letters, digits] = [0, 0, 0, 0];
  for (const line of lines) {
    if (extentOf(line) >= 0.7 * width) full++;
    if (line.segments.length > 1) divided++;
    for (const { text } of runsOf(line)) {
      letters += text.length;
      digits += text.match(/\p{Nd}/gu)?.length ?? 0;
    }
  }
  const count = lines.length;
  const isFull = count >= 3 && full >= 0.45 * count && divided <= 0.2 * count;
  return isFull && letters >= 18 * count && digits <= 0.4 * letters;
}

const runsOf = ({ segments }: SideLine): Run[] => segments.flatMap(({ runs }) => runs);

function extentOf({ segments }: SideLine): number {
  let right = -Infinity;
  for (const segment of segments) right = Math.max(right, segment.right);
  return right - (segments[0]?.left ?? 0);
}

/** True if most lines of the shorter sides have a line beside them. */
function isAligned(sides: readonly Side[]): boolean {
  const counts = new Map<number, number>();
  for (const { lines } of sides) {
    for (const { row } of lines) counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const shared = Array.from(counts.values()).filter((count) => count > 1).length;
  return shared >= 0.5 * Math.min(...sides.map(({ lines }) => lines.length));
}

/** True if each side is painted completely before or after the others. */
function isPaintedApart(sides: readonly Side[]): boolean {
  const spans = sides.map(({ lines }) => {
    let [first, last] = [Infinity, -Infinity];
    for (const { order } of lines.flatMap(runsOf)) {
      first = Math.min(first, order);
      last = Math.max(last, order);
    }
    return { first, last };
  });
  return spans
    .toSorted((one, other) => one.first - other.first)
    .every(({ first }, position, all) => first > (all[position - 1]?.last ?? -1));
}

/** True if the cells of all sides begin in the same rows, at the start of a paragraph. */
function isTopAligned(sides: readonly Side[], flowing: readonly Side[]): boolean {
  const labels = sides.filter((side) => !flowing.includes(side));
  if (labels.length === 0) return startsTogether(sides);
  const starts = startsOf(labels[0] ?? sides[0]);
  if (starts.size === 0) return false;
  const begun = flowing.map(paragraphStarts);
  const aligned = Array.from(starts).filter((row) => begun.every((rows) => rows.has(row)));
  return aligned.length >= 0.8 * starts.size;
}

/** True if most paragraphs of each side begin beside one of the other: cells, not columns. */
function startsTogether(sides: readonly Side[]): boolean {
  const all = sides.map(startsOf);
  const shared = Array.from(all[0] ?? []).filter((row) => all.every((rows) => rows.has(row)));
  return shared.length >= 3 && all.every((rows) => shared.length >= 0.8 * rows.size);
}

/** Returns the rows in which a side has a line after white space. */
function startsOf(side: Side | undefined): Set<number> {
  const lines = side?.lines ?? [];
  const usual = usualGap(lines.map(({ base }) => base));
  const starts = lines.filter(({ row, base }, position) => {
    const before = lines[position - 1];
    return !before || row > before.row + 1 || before.base - base > 1.3 * usual;
  });
  return new Set(starts.map(({ row }) => row));
}

/**
 * Returns the rows in which a paragraph begins: after white space, or after a line that is not
 * full.
 */
function paragraphStarts(side: Side): Set<number> {
  const starts = startsOf(side);
  for (const [position, line] of side.lines.entries()) {
    const before = side.lines[position - 1];
    const isAfterShort = before && extentOf(before) < FULL_LINE * (side.right - side.left);
    if (isAfterShort) starts.add(line.row);
  }
  return starts;
}

/** Returns the lower quartile of the gaps between base lines, ordered from the top. */
function usualGap(bases: readonly number[]): number {
  const gaps = bases.slice(1).map((base, position) => (bases[position] ?? base) - base);
  gaps.sort((one, other) => one - other);
  return gaps[Math.floor(gaps.length / 4)] ?? 0;
}

/**
 * Cuts cells into table rows: each extends from the start of its first cells to that of the next.
 */
function bandLines(sides: readonly Side[], rowCount: number): Line[] {
  const starts = startsOf(sides.find((side) => !isFlowing(side)) ?? sides[0]);
  const lines: Line[] = [];
  const next = sides.map(() => 0);
  for (let from = 0; from < rowCount;) {
    let to = from + 1;
    while (to < rowCount && !starts.has(to)) to++;
    const cells = sides.map(({ lines: all }, position) => {
      const begin = next[position] ?? 0;
      let end = begin;
      while (end < all.length && (all[end]?.row ?? 0) < to) end++;
      next[position] = end;
      return all.slice(begin, end);
    });
    for (const line of cellsOfBand(cells.filter((cell) => cell.length > 0))) lines.push(line);
    from = to;
  }
  return lines;
}

function cellsOfBand(cells: readonly SideLine[][]): Line[] {
  return cells.flatMap((cell, position) =>
    cell.map((line, index) => {
      const isEnd = index === cell.length - 1 && position < cells.length - 1;
      return { ...lineOf(runsOf(line), line), end: isEnd ? "\t" : "\n", isCell: true } as const;
    }),
  );
}

/** Returns a table row as lines, one per cell. */
function cellLines(row: SegmentRow, { gutters }: TextBlock, isRightToLeft: boolean): Line[] {
  const cells: Run[][] = [];
  let [side, right] = [-1, -Infinity];
  for (const segment of row.segments) {
    const own = sideAt(segment, gutters);
    const isNew = own !== side || segment.left - right > CELL_GAP * row.size;
    if (isNew) cells.push([...segment.runs]);
    else for (const run of segment.runs) cells.at(-1)?.push(run);
    [side, right] = [own, segment.right];
  }
  if (isRightToLeft) cells.reverse();
  return cells.map((runs, position) => {
    const end = position < cells.length - 1 ? "\t" : "\n";
    return { ...lineOf(runs, row), end, isCell: cells.length > 1 };
  });
}

function plainLine(row: SegmentRow): Line {
  return lineOf(
    row.segments.flatMap(({ runs }) => runs),
    row,
  );
}

function lineOf(runs: Run[], { base, size }: { base: number; size: number }): Line {
  let right = -Infinity;
  for (const run of runs) right = Math.max(right, run.right);
  const most = mostOf(runs).size || size;
  return { runs, base, left: runs[0]?.left ?? 0, right, size: most, end: "\n", isCell: false };
}
