/** Dividing, merging and numbering the passages of a prompt. Pure. */
import { codePointLength, endsInsidePair, indexAfter } from "../../../lib/code-points.ts";
import type { TextPart } from "../../citations/document-text.ts";
import type { Excerpt, NumberedPassage } from "../../citations/excerpt.ts";
import { headingAt, headingsOf } from "../../citations/nearest-heading.ts";
import { columnChanges, columnsAt, TableScanner } from "../../retrieval/tables.ts";

/** Numbers them from 1. */
export function numberPassages(excerpts: readonly Excerpt[]): NumberedPassage[] {
  return excerpts.map((excerpt, index) => ({ ...excerpt, number: index + 1 }));
}

/** In UTF-16 code units: a number in an answer should name a short text. */
const LONGEST_PASSAGE = 1_600;

/** Where a text may be divided, best first: at a paragraph, a line, a sentence, a word. */
const BREAKS = [/\n\s*\n/g, /\n/g, /[.;:!?]\s/g, /\s/g];

/** The whole text of a document as consecutive passages without gap or overlap, each within one page. */
export function divide(
  document: { fileId: string; fileName: string },
  parts: readonly TextPart[],
): Excerpt[] {
  const { fileId, fileName } = document;
  const excerpts: Excerpt[] = [];
  const tables = new TableScanner();
  let above: string | undefined;
  for (const part of parts) {
    const { page, start, text } = part;
    const headings = page === null ? headingsOf(part) : [];
    const changes = columnChanges(text, tables);
    let [at, index] = [start, 0];
    for (const piece of pieces(text)) {
      const end = at + codePointLength(piece);
      const heading = headingAt(headings, at) ?? above;
      const columns = columnsAt(changes, index);
      excerpts.push({ fileId, fileName, page, heading, columns, start: at, end, text: piece });
      [at, index] = [end, index + piece.length];
    }
    above = headings.at(-1)?.text ?? above;
  }
  return excerpts;
}

function* pieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > LONGEST_PASSAGE) {
    const end = start + cutOf(text.slice(start, start + LONGEST_PASSAGE));
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length) yield text.slice(start);
}

/** The index after the last of the best breaks in the second half; never inside a surrogate pair. */
function cutOf(window: string): number {
  for (const pattern of BREAKS) {
    const last = [...window.matchAll(pattern)].at(-1);
    const cut = last ? last.index + last[0].length : 0;
    if (cut > LONGEST_PASSAGE / 2) return cut;
  }
  return endsInsidePair(window) ? window.length - 1 : window.length;
}

/** Merges passages of one document that overlap or touch. In the order of the document. */
export function mergeNeighbours(excerpts: readonly Excerpt[]): Excerpt[] {
  const merged: Excerpt[] = [];
  for (const excerpt of excerpts.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (!last || excerpt.start > last.end) merged.push({ ...excerpt });
    else if (excerpt.end > last.end) extend(last, excerpt);
  }
  return merged;
}

function extend(last: Excerpt, { start, end, text }: Excerpt): void {
  last.text += text.slice(indexAfter(text, last.end - start));
  last.end = end;
}
