import { expect, it } from "vitest";
import { fusePassages } from "../../src/features/retrieval/fuse.ts";
import type { FoundPassage } from "../../src/features/retrieval/passage.ts";

const passage = (fileId: string, ordinal: number, score = 1): FoundPassage => ({
  fileId,
  fileName: `${fileId}.pdf`,
  ordinal,
  start: 0,
  end: 4,
  page: null,
  headings: [],
  text: "Text",
  score,
});

const keysOf = (passages: FoundPassage[]) =>
  passages.map(({ fileId, ordinal }) => `${fileId}${ordinal}`);

it("A passage that several searches found is before one that a single search found first", () => {
  const lists = [
    [passage("a", 1, 900), passage("b", 1)],
    [passage("c", 1), passage("b", 1)],
  ];
  expect(keysOf(fusePassages(lists, 10))).toEqual(["b1", "a1", "c1"]);
});

it("Passages of different files, and other ones of the same file, are different", () => {
  const lists = [[passage("a", 1), passage("a", 2)], [passage("b", 1)]];
  expect(keysOf(fusePassages(lists, 10)).toSorted()).toEqual(["a1", "a2", "b1"]);
  expect(fusePassages(lists, 2)).toHaveLength(2);
  expect(fusePassages([[], []], 2)).toEqual([]);
});
