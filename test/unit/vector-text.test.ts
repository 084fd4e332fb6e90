import { expect, it } from "vitest";
import { toVectorText } from "../../src/features/retrieval/vectors.ts";

const numbersOf = (values: number[]): number[] => JSON.parse(toVectorText(values));

it("A shorter vector is padded with zeros to the width of the column", () => {
  const numbers = numbersOf([0.6, 0.8]);
  expect(numbers).toHaveLength(1_536);
  expect(numbers.slice(0, 3)).toEqual([0.6, 0.8, 0]);
});

it("A vector of zeros gets a direction, because its distances would not be numbers", () => {
  expect(numbersOf([0, 0]).filter((value) => value !== 0)).toEqual([1]);
});
