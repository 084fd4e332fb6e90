/** Finds where paragraphs begin among the lines of a page: a PDF stores no paragraphs. */
import { FULL_LINE, type Line } from "./reading-order.ts";

/** A larger gap between lines, in font sizes, separates paragraphs. */
const PARAGRAPH_GAP = 1.65;
/**
 * The gap must also exceed the usual one by this factor: lines of a double-spaced page are no
 * paragraphs.
 */
const LARGER_GAP = 1.3;
/** Letters larger by this factor start a new paragraph. */
export const HEADING_SIZE = 1.15;
/** The least indent of a paragraph's first line, in font sizes. */
const INDENT = 1.5;
/** Lines further apart never share a sentence, in font sizes. */
const WIDEST_SPACING = 2.7;
/** The fewest gaps below full lines that determine the usual gap of a page. */
const FEWEST_GAPS = 3;

/**
 * Returns, for each line, whether a paragraph begins with it; false for the first line of a page.
 */
export function paragraphStarts(lines: readonly Line[], isRightToLeft: boolean): boolean[] {
  const usual = usualGap(lines);
  const indent = (line: Line, before: Line) =>
    isRightToLeft ? before.right - line.right : line.left - before.left;
  return lines.map((line, position) => {
    const before = lines[position - 1];
    if (before?.end !== "\n") return false;
    const isIndented = indent(line, before) > INDENT * line.size;
    return isStart(line, before, { usual, isIndented });
  });
}

function isStart(
  line: Line,
  before: Line,
  { usual, isIndented }: { usual: number; isIndented: boolean },
): boolean {
  const gap = before.base - line.base;
  const [small, large] = [Math.min(line.size, before.size), Math.max(line.size, before.size)];
  if (large > small * HEADING_SIZE || line.isCell !== before.isCell) return true;
  const goesOn = !line.isCell && /^\p{Ll}/u.test(line.runs[0]?.text ?? "");
  // The line begins the next column, in which a sentence may continue.
  if (gap < 0) return !goesOn;
  if (goesOn && gap <= WIDEST_SPACING * large && !endsSentence(before)) return false;
  if (gap > Math.max(PARAGRAPH_GAP, LARGER_GAP * usual) * large) return true;
  return usual > PARAGRAPH_GAP && !line.isCell && isIndented;
}

const endsSentence = ({ runs }: Line): boolean => /[.:;!?]$/.test(runs.at(-1)?.text ?? "");

/**
 * Returns the median gap below lines that continue in the next one, in font sizes; 0 with too few
 * of them.
 */
function usualGap(lines: readonly Line[]): number {
  let right = -Infinity;
  for (const line of lines) if (!line.isCell) right = Math.max(right, line.right);
  const gaps: number[] = [];
  for (const [position, line] of lines.entries()) {
    const next = lines[position + 1];
    if (!next || line.isCell || next.isCell || line.size !== next.size) continue;
    const gap = line.base - next.base;
    const isFull = line.right - line.left > FULL_LINE * (right - line.left);
    if (gap > 0 && isFull) gaps.push(gap / line.size);
  }
  gaps.sort((one, other) => one - other);
  return gaps.length < FEWEST_GAPS ? 0 : (gaps[gaps.length >> 1] ?? 0);
}
