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
  isReferred: false,
});

const referred = (fileId: string, ordinal: number) => ({
  ...passage(fileId, ordinal, 0),
  isReferred: true,
});

const keysOf = (passages: FoundPassage[]) =>
  passages.map(({ fileId, ordinal }) => `${fileId}${ordinal}`);

it("A passage that several searches found is before one that a single search found first", () => {
  const lists = [
    [passage("a", 1, 900), passage("b", 1)],
    [passage("c", 1), passage("b", 1)],
  ];
  expect(keysOf(fusePassages(lists, 10).found)).toEqual(["b1", "a1", "c1"]);
});

it("Passages of different files, and other ones of the same file, are different", () => {
  const lists = [[passage("a", 1), passage("a", 2)], [passage("b", 1)]];
  expect(keysOf(fusePassages(lists, 10).found).toSorted()).toEqual(["a1", "a2", "b1"]);
  expect(fusePassages(lists, 2).found).toHaveLength(2);
  expect(fusePassages([[], []], 2)).toEqual({ found: [], referred: [] });
});

it("Passages that others refer to stay behind all that were found, whichever searches have them", () => {
  const lists = [
    [passage("a", 1), referred("d", 1), referred("d", 2)],
    [passage("b", 1), passage("c", 1), referred("d", 2)],
    [passage("b", 1), referred("d", 2)],
  ];
  const { found, referred: behind } = fusePassages(lists, 10);
  expect(keysOf(found)).toEqual(["b1", "a1", "c1"]);
  expect(keysOf(behind)).toEqual(["d2", "d1"]);
  expect(behind.map(({ score }) => score)).toEqual([0, 0]);
});

it("A passage that one search found counts as found where another search has it by a reference", () => {
  const lists = [[passage("a", 1), referred("b", 1)], [passage("b", 1)]];
  const { found, referred: behind } = fusePassages(lists, 10);
  expect(keysOf(found)).toEqual(["a1", "b1"]);
  expect(behind).toEqual([]);
  expect(keysOf(fusePassages(lists, 1).referred)).toEqual(["b1"]);
});
