/** Where paragraphs begin among the lines of a page, which knows of lines alone. */
import { FULL_LINE, type Line } from "./reading-order.ts";

/** A gap between lines that is this much larger than the letters divides paragraphs. */
const PARAGRAPH_GAP = 1.65;
/** And this much larger than that of the lines of the page: a line of a double-spaced page is no paragraph. */
const LARGER_GAP = 1.3;
/** Letters that are this much larger than those before begin something else. */
export const HEADING_SIZE = 1.15;
/** The first line of a paragraph may stand in by this, in sizes of its letters. */
const INDENT = 1.5;
/** Lines that are further apart are not of one sentence. */
const WIDEST_SPACING = 2.7;
/** The fewest gaps below full lines that determine the usual gap of a page. */
const FEWEST_GAPS = 3;

/** For each line, whether a paragraph begins with it; the first line of a page begins none. */
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
  // The next column, in which a sentence may go on.
  if (gap < 0) return !goesOn;
  if (goesOn && gap <= WIDEST_SPACING * large && !endsSentence(before)) return false;
  if (gap > Math.max(PARAGRAPH_GAP, LARGER_GAP * usual) * large) return true;
  return usual > PARAGRAPH_GAP && !line.isCell && isIndented;
}

const endsSentence = ({ runs }: Line): boolean => /[.:;!?]$/.test(runs.at(-1)?.text ?? "");

/** The median gap below lines that continue in the next one, in font sizes; 0 if there are too few of them. */
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
