/**
 * Vectors of hashed words and word parts. They carry no meaning: texts are near that share words, or words
 * of one stem ("terminate", "termination"), so a search by them finds little that a lexical search does
 * not. They let the whole vector path run offline, and nothing more.
 */

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

/** The provider's response to a request for embeddings. */
export function embed(request: EmbeddingRequest): unknown {
  const inputs = typeof request.input === "string" ? [request.input] : request.input;
  const dimensions = request.dimensions ?? DEFAULT_DIMENSIONS;
  const tokens = inputs.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  return {
    object: "list",
    model: request.model,
    data: inputs.map((text, index) => {
      const vector = vectorOf(text, dimensions);
      const embedding = request.encoding_format === "base64" ? toBase64(vector) : [...vector];
      return { object: "embedding", index, embedding };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
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
