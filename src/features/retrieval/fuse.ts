/** Fuses the results of several searches into one ranking. Pure. */
import type { FoundPassage } from "./passage.ts";

/** Reciprocal rank fusion: the higher, the less the first ranks stand out. */
const RANK_OFFSET = 20;

/** The best passages of all the lists, each list with the same weight. Their scores are those of this ranking. */
export function fusePassages(
  lists: readonly (readonly FoundPassage[])[],
  limit: number,
): FoundPassage[] {
  const fused = new Map<string, FoundPassage>();
  for (const [index, passage] of lists.flatMap((list) => [...list.entries()])) {
    const key = `${passage.fileId}:${passage.ordinal}`;
    const score = (fused.get(key)?.score ?? 0) + 1 / (RANK_OFFSET + index + 1);
    fused.set(key, { ...passage, score });
  }
  return [...fused.values()].toSorted((a, b) => b.score - a.score).slice(0, limit);
}
