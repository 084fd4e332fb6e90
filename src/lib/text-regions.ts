/** Ranges of a document's text that are not running text. Offsets are code points. */

/**
 * What a range is: `header`, `footer`: of a section or of pages. `comment`: a reviewer's. `note`: a footnote or
 * an endnote, `note_mark`: what refers to it. `form_field`: the value of a field. `annotation`: a note, stamp or
 * text box laid over a page. `signature`: the appearance of a signature. `struck_out`: words that are struck
 * out; they do not apply.
 */
export const REGION_KINDS = [
  "header",
  "footer",
  "comment",
  "note",
  "note_mark",
  "form_field",
  "annotation",
  "signature",
  "struck_out",
] as const;

export type RegionKind = (typeof REGION_KINDS)[number];

export type TextRegion = { start: number; end: number; kind: RegionKind };

/** A range that holds any of such a region is marked by it; of the others, a range that lies within one. */
const MARKED_BY_OVERLAP: ReadonlySet<RegionKind> = new Set([
  "form_field",
  "signature",
  "struck_out",
]);

/**
 * What a range of the text is; undefined for running text, and for running text that a header, footer or note
 * interrupts.
 */
export function regionAt(
  regions: readonly TextRegion[],
  { start, end }: { start: number; end: number },
): RegionKind | undefined {
  const found = regions.find((region) =>
    MARKED_BY_OVERLAP.has(region.kind)
      ? region.start < end && region.end > start
      : region.start <= start && end <= region.end,
  );
  return found?.kind;
}
