/** Removes the line numbers of a pleading from its margin. */
import type { Row } from "./rows.ts";
import type { Run } from "./runs.ts";

type Numbered = { row: Row; run: Run; number: number };

const FEWEST = 3;
/** The largest deviation of numbers in one margin column, in font sizes. */
const SAME_POSITION = 0.5;
/** The largest deviation of line distances, in font sizes. */
const SAME_DISTANCE = 0.35;

/**
 * Removes line numbers from rows. They count from 1 or continue from the page before, at equal
 * distances, left of all text, which flows from line to line beside them.
 */
export function withoutLineNumbers(rows: readonly Row[]): Row[] {
  const numbered = rows.flatMap(numberedRow);
  const counted = longestCount(numbered);
  if (counted.length < FEWEST || !isMargin(counted, rows) || !isFlowing(counted)) return [...rows];
  const left = new Set(counted.map(({ run }) => run));
  return rows.flatMap((row) => {
    const runs = row.runs.filter((run) => !left.has(run));
    return runs.length > 0 ? [{ ...row, runs }] : [];
  });
}

function numberedRow(row: Row): Numbered[] {
  const [run, next] = row.runs;
  if (!run || !/^\d{1,3}$/.test(run.text)) return [];
  const isApart = !next || next.left - run.right > 0.5 * run.size;
  return isApart ? [{ row, run, number: Number(run.text) }] : [];
}

/** Returns the longest series of consecutive numbers at one position. */
function longestCount(numbered: readonly Numbered[]): Numbered[] {
  let [longest, stretch]: [Numbered[], Numbered[]] = [[], []];
  for (const each of numbered) {
    const last = stretch.at(-1);
    if (last && follows(last, each, stretch)) stretch.push(each);
    else stretch = [each];
    if (stretch.length > longest.length) longest = stretch;
  }
  return longest;
}

function follows(last: Numbered, each: Numbered, stretch: readonly Numbered[]): boolean {
  const { size } = each.run;
  const isBelow =
    Math.min(Math.abs(last.run.left - each.run.left), Math.abs(last.run.right - each.run.right)) <=
    SAME_POSITION * size;
  const [first, second] = stretch;
  const distance = last.run.base - each.run.base;
  const usual = first && second ? first.run.base - second.run.base : distance;
  return (
    each.number === last.number + 1 && isBelow && Math.abs(distance - usual) <= SAME_DISTANCE * size
  );
}

/** True if, in nearly all rows, all text is to the right of the numbers. */
function isMargin(counted: readonly Numbered[], rows: readonly Row[]): boolean {
  let right = -Infinity;
  for (const { run } of counted) right = Math.max(right, run.right);
  const numbers = new Set(counted.map(({ run }) => run));
  const isFree = ({ runs }: Row) => runs.every((run) => numbers.has(run) || run.left > right);
  return rows.filter((row) => !isFree(row)).length <= rows.length / 20;
}

/**
 * True if a sentence continues from one numbered line to the next, or a number has no text beside
 * it, and few of the lines look like table rows.
 */
function isFlowing(counted: readonly Numbered[]): boolean {
  let [goesOn, cells] = [0, 0];
  for (const { row, run } of counted) {
    const text = row.runs.filter((other) => other !== run);
    if (text.length === 0 || /^\p{Ll}/u.test(text[0]?.text ?? "")) goesOn++;
    const isCell = (other: Run, position: number) =>
      position > 0 && other.left - (text[position - 1]?.right ?? 0) > 1.5 * other.size;
    if (text.some(isCell)) cells++;
  }
  return goesOn > 0 && cells <= counted.length / 3;
}
