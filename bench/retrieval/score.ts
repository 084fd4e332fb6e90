/** How much of the gold is among the retrieved passages; pure. */
import type { Question, Span } from "./grounding.ts";

/** A span of a document that a search returned. */
export type Retrieved = { document: string; start: number; end: number };

export type Score = { recall: number; characters: number };

export type Scores = { at5: Score; at10: Score; within: Score };

const BUDGET = 4_000;

/** The three figures of one question: the best five, the best ten, and within 4,000 characters. */
export function scoresOf(question: Question, ranked: Retrieved[]): Scores {
  return {
    at5: score(question, ranked.slice(0, 5)),
    at10: score(question, ranked.slice(0, 10)),
    within: score(question, affordable(ranked)),
  };
}

/** In rank order until the next would exceed the budget. */
function affordable(ranked: Retrieved[]): Retrieved[] {
  let characters = 0;
  const passing = ranked.findIndex(({ start, end }) => (characters += end - start) > BUDGET);
  return passing < 0 ? ranked : ranked.slice(0, passing);
}

function score(question: Question, retrieved: Retrieved[]): Score {
  return {
    recall: recallOf(question, retrieved),
    characters: sum(retrieved.map(({ start, end }) => end - start)),
  };
}

/** The share of the gold's characters that was retrieved, from 0 to 1. */
export function recallOf({ document, gold }: Question, retrieved: readonly Retrieved[]): number {
  const right = retrieved.filter((stretch) => stretch.document === document);
  const spans = union(right.map(({ start, end }): Span => [start, end]));
  const wanted = union(gold);
  const found = wanted.flatMap((span) => spans.map((other) => overlap(span, other)));
  return sum(found) / sum(wanted.map(([start, end]) => end - start));
}

/** The same characters as disjoint ranges. */
function union(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

const overlap = ([a, b]: Span, [c, d]: Span) => Math.max(0, Math.min(b, d) - Math.max(a, c));

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** The mean over questions. */
export function meanOf(scores: Scores[]): Scores {
  const mean = (pick: (scores: Scores) => Score): Score => ({
    recall: sum(scores.map((one) => pick(one).recall)) / scores.length,
    characters: sum(scores.map((one) => pick(one).characters)) / scores.length,
  });
  return { at5: mean((s) => s.at5), at10: mean((s) => s.at10), within: mean((s) => s.within) };
}
