/** Parses an embeddings response. Pure. */
import { fromBase64 } from "../../lib/bytes.ts";
import { Problem } from "../../lib/problem.ts";
import { toFields } from "./fields.ts";
import { type TokenCount, toTokenCount } from "./usage.ts";

export type Embeddings = {
  /** One per text, in the order of the texts. */
  vectors: number[][];
  usage: TokenCount | undefined;
};

/**
 * The vectors of `count` texts, of any width. Throws `ai_unavailable` when there are fewer or more, or when
 * they differ in width.
 */
export function readEmbeddings(value: unknown, count: number): Embeddings {
  const fields = toFields(value);
  const entries = Array.isArray(fields?.data) ? fields.data.map(toFields) : [];
  // Some providers send an index, others rely on the order.
  const inOrder = entries
    .map((entry, position) => ({
      vector: entry?.embedding,
      index: Number(entry?.index ?? position),
    }))
    .toSorted((a, b) => a.index - b.index);
  const vectors = inOrder.map(({ vector }) => toVector(vector)).filter(isVector);
  const width = vectors[0]?.length ?? 0;
  const isWhole = vectors.length === count && vectors.every(({ length }) => length === width);
  if (!isWhole) throw new Problem("ai_unavailable");
  return { vectors, usage: fields && toTokenCount(fields.usage) };
}

/** Some providers send base64 of 32-bit floats whatever is requested. */
function toVector(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const bytes = fromBase64(value);
  if (!bytes || bytes.length % FLOAT_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length / FLOAT_BYTES;
  return Array.from({ length: count }, (_, index) => view.getFloat32(index * FLOAT_BYTES, true));
}

const FLOAT_BYTES = 4;

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}
