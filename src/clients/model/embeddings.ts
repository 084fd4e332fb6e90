/** Vectors as providers send them, read. Pure. */
import { STORED_WIDTH } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import { toFields } from "./fields.ts";
import { type TokenCount, toTokenCount } from "./usage.ts";

export type Embeddings = {
  /** One for each text, in their order. */
  vectors: number[][];
  usage: TokenCount | undefined;
};

/**
 * Reads the vectors of so many texts. Throws `ai_unavailable` where there are not as many, or they are not
 * all of one width that can be stored: cut to it, a vector would mean something else.
 */
export function readEmbeddings(value: unknown, count: number): Embeddings {
  const fields = toFields(value);
  const entries = Array.isArray(fields?.data) ? fields.data.map(toFields) : [];
  // Some number them, and some do not.
  const inOrder = entries
    .map((entry, position) => ({
      vector: entry?.embedding,
      index: Number(entry?.index ?? position),
    }))
    .toSorted((a, b) => a.index - b.index);
  const vectors = inOrder.map(({ vector }) => vector).filter(isVector);
  const width = vectors[0]?.length ?? 0;
  const isWhole = vectors.length === count && vectors.every(({ length }) => length === width);
  if (!isWhole || width > STORED_WIDTH) throw new Problem("ai_unavailable");
  return { vectors, usage: fields && toTokenCount(fields.usage) };
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}
