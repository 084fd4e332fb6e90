/** Regions of a document's text outside of the body text. Offsets are code points. */

/**
 * The kinds of regions. `header` and `footer` of a section or page; a reviewer's `comment`; a `note` is a
 * footnote or endnote, and its `note_mark` the reference to it; `form_field` is the value of a field;
 * `annotation` a note, stamp or text box on a page; `signature` the appearance of a signature;
 * `struck_out` deleted text, which does not apply.
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

/** Kinds that mark any range that overlaps them; the other kinds mark only ranges that lie within them. */
const MARKED_BY_OVERLAP: ReadonlySet<RegionKind> = new Set([
  "form_field",
  "signature",
  "struck_out",
]);

/**
 * The kind of region that a range belongs to; undefined for body text, even if a header, footer or note
 * interrupts it.
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
