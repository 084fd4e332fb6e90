/** Parses the response of a reranker. Pure. */
import { toFields } from "./fields.ts";
import { Problem } from "../../lib/problem.ts";
import { type TokenCount, toTokenCount } from "./usage.ts";

export type Ranking = {
  /** The index of every document, the most relevant first. */
  order: number[];
  usage: TokenCount | undefined;
};

/**
 * The ranking of `count` documents. Throws `ai_unavailable` unless each has exactly one score: a part of them
 * would silently drop the others.
 */
export function readRanking(value: unknown, count: number): Ranking {
  const fields = toFields(value);
  const results = Array.isArray(fields?.results) ? fields.results.map(toFields) : [];
  const scores = new Map<number, number>();
  for (const result of results) {
    const { index, relevance_score: score } = result ?? {};
    const isKnown =
      typeof index === "number" && Number.isInteger(index) && index >= 0 && index < count;
    if (isKnown && typeof score === "number" && Number.isFinite(score)) scores.set(index, score);
  }
  if (results.length !== count || scores.size !== count) throw new Problem("ai_unavailable");
  const order = [...scores].toSorted(([, a], [, b]) => b - a).map(([index]) => index);
  return { order, usage: readUsage(fields?.usage) };
}

/** A reranker writes nothing: many report only a total. */
function readUsage(usage: unknown): TokenCount | undefined {
  const fields = toFields(usage);
  return toTokenCount(
    fields && { prompt_tokens: fields.total_tokens, completion_tokens: 0, ...fields },
  );
}
