/** Types of document excerpts that answers are verified against. */

/** A range of a document's text; offsets are code points into it. */
export type Excerpt = {
  fileId: string;
  fileName: string;
  /** Null if the document has no known pages. */
  page: number | null;
  /** The heading that it stands under; of a row of a table, the header row. */
  heading?: string | undefined;
  start: number;
  end: number;
  text: string;
};

/** An excerpt with its number in the prompt, which the answer cites. */
export type NumberedPassage = Excerpt & { number: number };
