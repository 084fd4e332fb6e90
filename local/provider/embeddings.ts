/** Vectors of hashed words: no meaning, but texts that share words are near each other. */
import { createHash } from "node:crypto";

const DEFAULT_DIMENSIONS = 1_536;

type EmbeddingRequest = {
  input: string | string[];
  dimensions?: number;
  encoding_format?: "float" | "base64";
  model?: string;
};

/** The provider's answer to a request for embeddings. */
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
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const hash = createHash("sha256").update(word).digest();
    const place = hash.readUInt32LE(0) % dimensions;
    vector[place] = (vector[place] ?? 0) + (hash.readUInt8(4) % 2 ? 1 : -1);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer).toString("base64");
}
