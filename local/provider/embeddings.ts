/**
 * The embeddings of the stand-in. `local-sentences` is a small sentence model. Every other name gets
 * vectors of hashed words and word parts, which cost nothing and carry no meaning: texts are near that
 * share words, or words of one stem ("terminate", "termination").
 */
import { SENTENCE_WIDTH, type SentenceModel } from "./sentence-model.ts";

/** What `EMBEDDING_MODEL` is to be for vectors that carry meaning. */
export const LOCAL_SENTENCES = "local-sentences";

const DEFAULT_DIMENSIONS = 1_536;

/** Lengths of the word parts, and their total weight relative to the word itself. */
const PARTS = [3, 4, 5];
const PARTS_WEIGHT = 1;

/** Frequent words have little weight; among the others, shorter words have less. */
const FREQUENT = new Set(
  `a an and any are as at be been by for from has have he his if in into is it its may no not of on or other
  shall she such than that the their them then there these they this to under upon was were what when which
  who will with would you your does do did how where why can could should der die das und oder ist ein eine
  le la les de des et un une el los las y en il lo e di`.split(/\s+/),
);
const FREQUENT_WEIGHT = 0.05;

export type EmbeddingRequest = {
  input: string | string[];
  dimensions?: number;
  encoding_format?: "float" | "base64";
  model?: string;
};

/** Why a model refuses a request; undefined where it does not. The message is vLLM's. */
export function refusalOfEmbedding({ model, input, dimensions }: EmbeddingRequest) {
  if ([input].flat().length === 0) return "Invalid 'input': must not be empty.";
  const isFixed = model === LOCAL_SENTENCES && dimensions !== undefined;
  return isFixed && dimensions !== SENTENCE_WIDTH
    ? `Model "${model}" does not support matryoshka representation, changing output dimensions will lead to poor results.`
    : undefined;
}

/** The provider's response to a request for embeddings. */
export async function embed(
  request: EmbeddingRequest,
  sentences: SentenceModel,
  signal: AbortSignal,
): Promise<unknown> {
  const inputs = [request.input].flat();
  const tokens = inputs.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  const embedBySentences = () => sentences.embed(inputs, signal);
  const vectors = await vectorsOf(inputs, request, embedBySentences);
  return {
    object: "list",
    model: request.model,
    data: vectors.map((vector, index) => {
      const embedding = request.encoding_format === "base64" ? toBase64(vector) : [...vector];
      return { object: "embedding", index, embedding };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

async function vectorsOf(
  inputs: string[],
  { model, dimensions = DEFAULT_DIMENSIONS }: EmbeddingRequest,
  embedBySentences: () => Promise<number[][]>,
): Promise<Float32Array[]> {
  if (model !== LOCAL_SENTENCES) return inputs.map((text) => vectorOf(text, dimensions));
  return (await embedBySentences()).map((vector) => Float32Array.from(vector));
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [word, count] of countWords(text)) {
    // Ten occurrences of a word do not count ten times as much.
    const weight = weightOf(word) * Math.sqrt(count);
    add(vector, word, weight);
    const parts = partsOf(word);
    for (const part of parts) add(vector, part, (weight * PARTS_WEIGHT) / Math.sqrt(parts.length));
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function weightOf(word: string): number {
  return FREQUENT.has(word) ? FREQUENT_WEIGHT : Math.min(1, word.length / 6);
}

/** Runs of letters with the word's bounds marked, as `<ter`, `term` and `inate`. */
function partsOf(word: string): string[] {
  const marked = `<${word}>`;
  return PARTS.flatMap((length) =>
    Array.from({ length: Math.max(0, marked.length - length + 1) }, (_, at) =>
      marked.slice(at, at + length),
    ),
  );
}

/** Each text has an index and a sign of its own, as far as there are dimensions. */
function add(vector: Float32Array, text: string, weight: number): void {
  const hash = hashOf(text);
  const index = (hash >>> 1) % vector.length;
  vector[index] = (vector[index] ?? 0) + (hash & 1 ? weight : -weight);
}

/** FNV-1a, and a final mix so that the low bits depend on all of it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString("base64");
}
