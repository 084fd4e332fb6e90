/** Passages of documents. All offsets are code points into a file's text. */

/** A range of a file's text that is indexed and found as a unit. */
export type Passage = {
  /** Its number within the file, from 0. */
  ordinal: number;
  start: number;
  end: number;
  /** The page on which it begins; null if the document has no known pages. */
  page: number | null;
  /** The headings above it, outermost first. */
  headings: string[];
  text: string;
};

export type FoundPassage = Passage & {
  fileId: string;
  fileName: string;
  /** Comparable within one search only; higher is better. */
  score: number;
  /** True where it was not found itself, but passages that were refer to it. */
  isReferred: boolean;
};
