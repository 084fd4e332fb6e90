/** The messages of the job queue: a file and a step, never content. */
import type { TracedMessage } from "../../lib/trace.ts";

/**
 * - `extract`: extracts the text of the next pages
 * - `ocr`: transcribes the next scanned page; `from` is how often it has failed
 * - `index`: cuts the text into passages and indexes them, or continues; also of a ready file with an old index
 * - `embed`: embeds the next passages
 * - `analyse`: analyses the next part of the text
 */
export type FileJob = TracedMessage &
  (
    | {
        step: "extract" | "ocr" | "index" | "embed";
        fileId: string;
        ingestionAttempt: number;
        from: number;
      }
    | { step: "analyse"; fileId: string; analysisId: string; from: number }
  );
