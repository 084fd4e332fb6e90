/** What `clients/model` parses from bytes, without a connection. */
import type { ModelChunk } from "../../src/clients/model/chunks.ts";
import { readAnswer } from "../../src/clients/model/stream-reader.ts";
import { mergeCounts, type TokenCount } from "../../src/clients/model/usage.ts";

export type ReadAnswer = {
  text: string;
  reasoning: string;
  refusal: string;
  finish: string | undefined;
  usage: TokenCount | undefined;
  /** Types of all chunks, in order. */
  types: ModelChunk["type"][];
  /** How many batches of chunks there were. */
  takes: number;
  /** The code, or the message, of the error. */
  failure: string | undefined;
};

type Piece = string | Uint8Array;

/** Of a body that is cut into these pieces, and then ends, is lost, or stays open. */
export async function readPieces(
  pieces: readonly Piece[],
  then: "end" | "reset" | "open" = "end",
): Promise<ReadAnswer> {
  const encoder = new TextEncoder();
  const left = pieces.map((piece) => (typeof piece === "string" ? encoder.encode(piece) : piece));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else if (then === "end") controller.close();
      else if (then === "reset") controller.error(new Error("reset"));
      else return new Promise(() => undefined);
      return undefined;
    },
  });
  const chunks: ModelChunk[] = [];
  let takes = 0;
  const take = (taken: ModelChunk[]) => {
    takes++;
    chunks.push(...taken);
  };
  const failure = await readAnswer(body, take).catch(messageOf);
  return { ...summary(chunks), takes, failure: failure ?? undefined };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function summary(chunks: ModelChunk[]) {
  const join = (type: ModelChunk["type"]) =>
    chunks.map((chunk) => (chunk.type === type && "text" in chunk ? chunk.text : "")).join("");
  let usage: TokenCount | undefined;
  let finish: string | undefined;
  for (const chunk of chunks) {
    if (chunk.type === "usage") usage = mergeCounts(usage, chunk.usage);
    if (chunk.type === "finish") finish = chunk.reason;
  }
  const types = chunks.map(({ type }) => type);
  const said = { text: join("text"), reasoning: join("reasoning"), refusal: join("refusal") };
  return { ...said, finish, usage, types };
}
