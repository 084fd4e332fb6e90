/** Regions of a document that are not body text. Offsets are code points. */

/**
 * The kinds of regions: the `header` or `footer` of a section or page; a reviewer's `comment`; a `note`, which is a
 * footnote or endnote, and the `note_mark` that refers to it; the value of a `form_field`; an `annotation`, which
 * is a note, stamp or text box on a page; the appearance of a `signature`; and `struck_out` text, which does not
 * apply.
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

/** Kinds that apply to any overlapping range; the other kinds apply only to ranges within them. */
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
