/** Types of document excerpts that answers are verified against. */

/** A range of a document's text; offsets are code points into it. */
export type Excerpt = {
  fileId: string;
  fileName: string;
  /** Null if the document has no known pages. */
  page: number | null;
  /** The heading that it stands under. */
  heading?: string | undefined;
  /** Of an excerpt that begins with a row of a table, the header row above it, its cells separated by tabs. */
  columns?: string | undefined;
  start: number;
  end: number;
  text: string;
};

/** An excerpt with its number in the prompt, which the answer cites. */
export type NumberedPassage = Excerpt & { number: number };
