/** What retrieval speaks of: passages of documents. All offsets are code points into a file's text. */

/** A stretch of a file's text that is found and shown as one. */
export type Passage = {
  /** Its number within the file, from 0. */
  ordinal: number;
  start: number;
  end: number;
  /** The page that it begins on; null where that is not known. */
  page: number | null;
  /** The headings above it, outermost first. */
  headings: string[];
  text: string;
};

export type FoundPassage = Passage & {
  fileId: string;
  fileName: string;
  /** Comparable within one answer only; higher is better. */
  score: number;
};
