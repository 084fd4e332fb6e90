/** What is done to files in the background: a message names a file and a step, and never holds content. */

/**
 * - `extract`: extracts the text of the next pages, from a page on
 * - `index`: cuts the text into passages
 * - `embed`: gives the next passages their vectors
 * - `analyse`: asks the model about the next part of the text
 */
export type FileJob =
  | { step: "extract" | "index" | "embed"; fileId: string; ingestionAttempt: number; from: number }
  | { step: "analyse"; fileId: string; analysisId: string; from: number };
