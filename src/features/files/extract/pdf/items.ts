/** The text items of a PDF page, the input of its layout. */
import type { RegionKind } from "../../../../lib/text-regions.ts";

/** A run of characters at its position, in page units from the lower left corner. */
export type PdfItem = {
  str: string;
  /** Its matrix of six numbers; the last two are the start of its base line. */
  transform: number[];
  width: number;
  height: number;
  /** True if a line ends after it. */
  hasEOL: boolean;
  /** The pdf.js id of its font. */
  fontName?: string;
  /** Its region; undefined for running text. */
  region?: RegionKind;
};

/** A chunk of the pdf.js text stream: runs, and marks of structure without text. */
export type PdfChunk = { items: (PdfItem | { type: string })[] };
