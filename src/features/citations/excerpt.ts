/** What of a document an answer can be checked against. */

/** A stretch of a document's text; offsets are code points into it. */
export type Excerpt = {
  fileId: string;
  fileName: string;
  /** Null where the document has no known pages. */
  page: number | null;
  start: number;
  end: number;
  text: string;
};

/** With the number that the prompt, and so the answer, knows it by. */
export type NumberedPassage = Excerpt & { number: number };
