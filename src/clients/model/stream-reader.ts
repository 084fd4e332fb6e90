/** The bytes of a streamed answer, read to its end. */
import { EventDataReader } from "../../lib/event-data.ts";
import { Problem } from "../../lib/problem.ts";
import { type ModelChunk, toChunks } from "./chunks.ts";

export type TakeChunks = (chunks: ModelChunk[]) => void;

const END_OF_STREAM = "[DONE]";

/**
 * Resolves at the end of the answer; `take` is given what arrived together, together. Throws what the
 * connection throws, and `ai_unavailable` where it ended before the answer did.
 */
export async function readAnswer(
  body: ReadableStream<Uint8Array>,
  take: TakeChunks,
): Promise<void> {
  const bytes = body.getReader();
  const events = new EventDataReader();
  let hasFinished = false;
  // Not `for await`: it costs as much again as the reading itself.
  for (let read = await bytes.read(); !read.done; read = await bytes.read()) {
    const data = events.push(read.value).filter((event) => event !== END_OF_STREAM);
    const chunks = data.flatMap(toChunks);
    hasFinished ||= chunks.some((chunk) => chunk.type === "finish");
    if (chunks.length > 0) take(chunks);
  }
  // A connection cut between two events ends the reading like a finished answer does.
  if (!hasFinished) throw new Problem("ai_unavailable");
}
