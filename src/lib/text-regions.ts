/** Stretches of a document's text that are not its running text. Offsets are code points. */

/**
 * What a stretch is: `header`, `footer`: of a section or of pages. `comment`: a reviewer's. `note`: a footnote or
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

/** The kind of the first region that overlaps a range; undefined in running text. */
export function regionAt(
  regions: readonly TextRegion[],
  { start, end }: { start: number; end: number },
): RegionKind | undefined {
  return regions.find((region) => region.start < end && region.end > start)?.kind;
}
