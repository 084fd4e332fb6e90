/** Ways to fuse the lexical search with that by vectors; pure. */
import type { Candidate } from "./candidates.ts";

/** `weight`: of a vector relative to words. `offset`: of reciprocal ranks. */
export type Fusion =
  | { by: "ranks"; offset: number; weight: number }
  | { by: "scores"; weight: number };

const OFFSETS = [5, 20, 60];
const WEIGHTS = [0.15, 0.3, 0.5, 0.75, 1];

export const FUSIONS: readonly Fusion[] = [
  { by: "scores", weight: 0 },
  ...OFFSETS.flatMap((offset) =>
    WEIGHTS.map((weight) => ({ by: "ranks" as const, offset, weight })),
  ),
  ...WEIGHTS.map((weight) => ({ by: "scores" as const, weight })),
];

/** As many as `findPassages` takes of the nearest. */
const NEAREST = 100;

/** The candidates that one of the searches found, the best first. */
export function fuse(candidates: Candidate[], fusion: Fusion): Candidate[] {
  const lexical = candidates
    .filter(({ score }) => score !== null)
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const near = candidates.toSorted((a, b) => nearness(b) - nearness(a)).slice(0, NEAREST);
  const gains = new Map(gainsOf(lexical, fusion, ({ score }) => score ?? 0));
  if (fusion.weight > 0) {
    for (const [candidate, gain] of gainsOf(near, fusion, nearness)) {
      gains.set(candidate, (gains.get(candidate) ?? 0) + fusion.weight * gain);
    }
  }
  return [...gains].toSorted(([, a], [, b]) => b - a).map(([candidate]) => candidate);
}

/** Like `findPassages`: a document that the question names is nearer. */
const nearness = ({ similarity, factor }: Candidate) => similarity * Math.sqrt(factor);

/** By rank, or by score: 1 for the best and 0 for the worst of the list. */
function gainsOf(
  ranked: Candidate[],
  fusion: Fusion,
  scoreOf: (candidate: Candidate) => number,
): [Candidate, number][] {
  const [first, last] = [ranked[0], ranked.at(-1)].map((one) => (one ? scoreOf(one) : 0));
  const width = (first ?? 0) - (last ?? 0) || 1;
  return ranked.map((candidate, index) => [
    candidate,
    fusion.by === "ranks"
      ? 1 / (fusion.offset + index + 1)
      : (scoreOf(candidate) - (last ?? 0)) / width,
  ]);
}
