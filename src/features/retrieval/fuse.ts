/** Fuses the results of several searches into one ranking. Pure. */
import type { FoundPassage } from "./passage.ts";

/** Reciprocal rank fusion: the higher, the less the first ranks stand out. */
const RANK_OFFSET = 20;

type Fused = {
  /** The best first. Their scores are those of this ranking. */
  found: FoundPassage[];
  /** Those that a list has only because others refer to them, and that are not among `found`. */
  referred: FoundPassage[];
};

type Lists = readonly (readonly FoundPassage[])[];

/** The best passages of all the lists, each list with the same weight, and what the lists refer to. */
export function fusePassages(lists: Lists, limit: number): Fused {
  const found = ranking(lists.map((list) => list.filter(({ isReferred }) => !isReferred)));
  const best = found.slice(0, limit);
  const known = new Set(best.map(keyOf));
  const referred = ranking(lists.map((list) => list.filter(({ isReferred }) => isReferred)));
  const others = referred.filter((passage) => !known.has(keyOf(passage)));
  return { found: best, referred: others.map((passage) => ({ ...passage, score: 0 })) };
}

function ranking(lists: Lists): FoundPassage[] {
  const ranked = new Map<string, FoundPassage>();
  for (const [index, passage] of lists.flatMap((list) => [...list.entries()])) {
    const key = keyOf(passage);
    const score = (ranked.get(key)?.score ?? 0) + 1 / (RANK_OFFSET + index + 1);
    ranked.set(key, { ...passage, score });
  }
  return [...ranked.values()].toSorted((a, b) => b.score - a.score);
}

const keyOf = ({ fileId, ordinal }: FoundPassage) => `${fileId}:${ordinal}`;
