/** Groups runs into rows: one base line, with the raised and lowered text beside it. */
import type { Run } from "./runs.ts";

export type Row = {
  /** From left to right. */
  runs: Run[];
  base: number;
  size: number;
};

/** The largest difference between base lines of one row, in font sizes. */
const SAME_BASE = 0.3;
/** Letters smaller than adjacent ones by this factor may be raised or lowered. */
export const SCRIPT_SIZE = 0.85;
const MOST_RAISED = 0.75;
const MOST_LOWERED = 0.45;
/** The largest gap beside a raised sign, in font sizes of the text that it belongs to. */
const SCRIPT_GAP = 0.4;
const LONGEST_SCRIPT = 24;

/** Groups runs of one text direction into rows, from the top. */
export function rowsOf(runs: readonly Run[]): Row[] {
  const rows: Row[] = [];
  let row: Row | undefined;
  for (const run of runs.toSorted((one, other) => other.base - one.base)) {
    if (!row || row.base - run.base > SAME_BASE * Math.min(row.size, run.size)) {
      row = { runs: [], base: run.base, size: run.size };
      rows.push(row);
    }
    row.runs.push(run);
    if (run.size > 1.2 * row.size) [row.base, row.size] = [run.base, run.size];
  }
  for (const each of rows) sortRuns(each);
  return attachScripts(rows);
}

function sortRuns(row: Row): void {
  row.runs.sort((one, other) => one.left - other.left || one.order - other.order);
}

/** Moves raised and lowered text into its row. */
function attachScripts(rows: Row[]): Row[] {
  const moved = new Map<Row, Run[]>();
  for (const [position, row] of rows.entries()) {
    const near = [rows[position + 1], rows[position - 1], rows[position + 2]];
    row.runs = row.runs.filter((run, index) => {
      if (run.text.length > LONGEST_SCRIPT || isBesideLarger(row, index)) return true;
      const owner = near.find((other) => other && isScriptOf(run, other));
      if (owner) pushTo(moved, owner, run);
      return !owner;
    });
  }
  for (const [row, runs] of moved) {
    row.runs = row.runs.concat(runs);
    sortRuns(row);
  }
  return rows.filter(({ runs }) => runs.length > 0);
}

function pushTo(moved: Map<Row, Run[]>, row: Row, run: Run): void {
  const runs = moved.get(row);
  if (runs) runs.push(run);
  else moved.set(row, [run]);
}

/** True if the row itself has larger text that the run may belong to. */
function isBesideLarger({ runs }: Row, index: number): boolean {
  const run = runs[index];
  const before = runs[index - 1];
  const after = runs[index + 1];
  if (!run) return false;
  return (
    (before !== undefined && isNear(run.left - before.right, before.size)) ||
    (after !== undefined && after.size > run.size && isNear(after.left - run.right, after.size))
  );
}

const isNear = (gap: number, size: number): boolean => Math.abs(gap) <= SCRIPT_GAP * size;

/** True if a run fits between the runs of a row with larger letters and touches one of them. */
function isScriptOf(run: Run, row: Row): boolean {
  const next = lowerBound(row.runs, run.left);
  const [before, after] = [row.runs[next - 1], row.runs[next]];
  const inGap =
    (!before || run.left > before.right - 0.25 * run.size) &&
    (!after || run.right < after.left + 0.25 * run.size);
  return inGap && [before, after].some((owner) => owner && belongs(run, owner));
}

function belongs(run: Run, owner: Run): boolean {
  const gap = Math.max(run.left - owner.right, owner.left - run.right);
  const raised = (run.base - owner.base) / owner.size;
  return (
    run.size <= SCRIPT_SIZE * owner.size &&
    gap <= SCRIPT_GAP * owner.size &&
    raised <= MOST_RAISED &&
    raised >= -MOST_LOWERED
  );
}

/** Returns the index of the first run that begins at or after a position. */
function lowerBound(runs: readonly Run[], left: number): number {
  let [from, to] = [0, runs.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((runs[middle]?.left ?? 0) < left) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Returns the font size of most letters, and the base line of the longest run of that size. */
export function mostOf(runs: readonly Run[]): { size: number; base: number } {
  const letters = new Map<number, number>();
  let [size, most] = [0, 0];
  for (const run of runs) {
    const rounded = roundSize(run.size);
    const count = (letters.get(rounded) ?? 0) + run.text.length;
    letters.set(rounded, count);
    if (count > most || (count === most && rounded > size)) [size, most] = [rounded, count];
  }
  let longest: Run | undefined;
  for (const run of runs) {
    if (roundSize(run.size) !== size) continue;
    if (!longest || run.text.length > longest.text.length) longest = run;
  }
  return { size, base: longest?.base ?? 0 };
}

export const roundSize = (size: number): number => Math.round(size * 2) / 2;
