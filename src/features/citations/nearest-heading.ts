/** Headings of a document's text: they say where something stands if no page does. */
import { codePointLength } from "../../lib/code-points.ts";
import { titleOf } from "../retrieval/headings.ts";

/** A text with the lines that its format marks as headings. Offsets are code points into the document. */
type HeadedText = {
  start: number;
  text: string;
  headings?: readonly { start: number }[];
};

export type HeadingLine = { start: number; text: string };

/** UTF-16 code units of a heading. */
const LONGEST_HEADING = 160;

/** The headings of a text in their order: those that its format marks, and lines that look like one. */
export function headingsOf({ start, text, headings = [] }: HeadedText): HeadingLine[] {
  const found: HeadingLine[] = [];
  let [at, next] = [start, 0];
  for (const line of text.split(/(?<=\n)/)) {
    const end = at + codePointLength(line);
    while ((headings[next]?.start ?? Infinity) < at) next++;
    const isMarked = (headings[next]?.start ?? Infinity) < end;
    const heading = isMarked ? line : titleOf(line.trim())?.text;
    const shown = heading?.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_HEADING).toWellFormed();
    if (shown) found.push({ start: at, text: shown });
    at = end;
  }
  return found;
}

/** The nearest heading at or above an offset; undefined where there is none. */
export function headingAt(headings: readonly HeadingLine[], offset: number): string | undefined {
  return headings.findLast(({ start }) => start <= offset)?.text;
}
