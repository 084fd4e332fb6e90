/** What interrupts the running text of a document, and so the words of a quotation. Pure. */
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

/** The target of a Markdown link, whose text is read and whose target is not. */
const LINK_TARGET = /(?<=\])\([^()\s]{1,2000}\)/g;

/** UTF-16 code units of a label such as “[Header] ”. */
const LONGEST_LABEL = 300;

/**
 * The ranges of a text that a quotation may pass over: regions that are not running text, with the label in
 * front of each, and targets of links. Ordered and disjoint. `toIndex` converts offsets of the document.
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
  return disjoint([...links, ...passed]);
}

/** The start of the label that ends at an index, on the same line; the index itself without a label. */
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
