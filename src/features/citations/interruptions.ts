/** Finds ranges that interrupt the running text of a document, and thus a quotation of it. Pure. */
import type { RegionKind, TextRegion } from "../../lib/text-regions.ts";
import type { IndexRange } from "./normal-form.ts";

const INTERRUPTING: ReadonlySet<RegionKind> = new Set([
  "header",
  "footer",
  "comment",
  "note",
  "note_mark",
  "annotation",
  "struck_out",
]);

/** The target of a Markdown link. A quotation contains only the text of the link. */
const LINK_TARGET = /(?<=\])\((?=[^()\s]{0,2000}[/.#:@])[^()\s]{1,2000}\)/g;

/** A line number at the left margin, as in pleadings and transcripts. */
const LINE_NUMBER = /^[ \t]{0,12}(\d{1,2})(?:[ \t]{1,12}|[ \t]{0,12}$)/gm;
/** Fewer consecutive numbers are more likely a list. */
const FEWEST_NUMBERED = 5;

/** UTF-16 code units of a label such as “[Header] ”. */
const LONGEST_LABEL = 300;

/**
 * The ranges of a text that a quotation may skip, as ordered, disjoint indexes: regions outside of the running
 * text with their labels, link targets and line numbers. `toIndex` converts document offsets to indexes.
 */
export function interruptionsOf(
  text: string,
  regions: readonly TextRegion[],
  toIndex: (offset: number) => number,
): IndexRange[] {
  const links = [...text.matchAll(LINK_TARGET)].map(({ 0: target, index }): IndexRange => [
    index,
    index + target.length,
  ]);
  const passed = regions
    .filter(({ kind }) => INTERRUPTING.has(kind))
    .map(({ start, end }): IndexRange => [labelStart(text, toIndex(start)), toIndex(end)]);
  return disjoint([...links, ...lineNumbersOf(text), ...passed]);
}

/** The ranges of consecutive line numbers. */
function lineNumbersOf(text: string): IndexRange[] {
  const found: IndexRange[] = [];
  let run: IndexRange[] = [];
  let [last, end] = [Number.NaN, 0];
  for (const { 0: mark, 1: digits, index } of text.matchAll(LINE_NUMBER)) {
    const isNext = Number(digits) === last + 1 && !text.slice(end, index).trim().includes("\n");
    if (!isNext) {
      if (run.length >= FEWEST_NUMBERED) found.push(...run);
      run = [];
    }
    run.push([index, index + mark.length]);
    [last, end] = [Number(digits), index + mark.length];
  }
  return run.length >= FEWEST_NUMBERED ? [...found, ...run] : found;
}

/** The start of the label that ends at the index, on the same line; the index itself if there is no label. */
function labelStart(text: string, index: number): number {
  if (!text.startsWith("] ", index - 2)) return index;
  const from = Math.max(index - LONGEST_LABEL, 0);
  const opening = text.slice(from, index).lastIndexOf("[");
  const isLabel = opening >= 0 && !text.slice(from + opening, index).includes("\n");
  return isLabel ? from + opening : index;
}

function disjoint(ranges: IndexRange[]): IndexRange[] {
  const kept: IndexRange[] = [];
  let reached = 0;
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (end <= reached) continue;
    kept.push([Math.max(start, reached), end]);
    reached = end;
  }
  return kept;
}
