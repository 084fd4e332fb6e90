/** What a PDF page shows, as its layout takes it. */
import type { RegionKind } from "../../../../lib/text-regions.ts";

/** A run of characters where it is painted: in units of the page, from its lower left corner on. */
export type PdfItem = {
  str: string;
  /** Its matrix of six numbers, of which the last two are where its base line begins. */
  transform: number[];
  width: number;
  height: number;
  /** True where a line ends after it. */
  hasEOL: boolean;
  /** What pdf.js calls its font. */
  fontName?: string;
  /** What it is, where it is not running text. */
  region?: RegionKind;
};

/** What pdf.js streams: runs, and marks of structure without text. */
export type PdfChunk = { items: (PdfItem | { type: string })[] };
