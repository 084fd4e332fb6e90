/** Parses an embeddings response. Pure. */
import { STORED_WIDTH } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import { toFields } from "./fields.ts";
import { type TokenCount, toTokenCount } from "./usage.ts";

export type Embeddings = {
  /** One per text, in the order of the texts. */
  vectors: number[][];
  usage: TokenCount | undefined;
};

/**
 * The vectors of `count` texts. Throws `ai_unavailable` when there are fewer or more, or when they differ
 * in width or are wider than the column: a truncated vector would mean something else.
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
  const vectors = inOrder.map(({ vector }) => vector).filter(isVector);
  const width = vectors[0]?.length ?? 0;
  const isWhole = vectors.length === count && vectors.every(({ length }) => length === width);
  if (!isWhole || width > STORED_WIDTH) throw new Problem("ai_unavailable");
  return { vectors, usage: fields && toTokenCount(fields.usage) };
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}
