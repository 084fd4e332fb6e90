import { expect, it } from "vitest";
import { findQuotations } from "../../src/features/citations/find-quotes.ts";
import { growthOf } from "../support/hostile-text.ts";

it.each(["“a” [1]", "“a” ", "[1] “a” "])(
  "The time to find the quotations of %j grows linearly with the text",
  async (text) => {
    const from = [{ text, isCounted: false }];
    expect(await growthOf(findQuotations, from, 64_000)).toBeUndefined();
  },
);

it("Each of the numbers that quotations share has a bounded number of quotations", () => {
  const numbers = Array.from({ length: 1_000 }, (_, index) => `[${index}]`).join("");
  const found = findQuotations("“a” ".repeat(100) + numbers);
  expect(found).toHaveLength(100);
  for (const { points } of found) expect(points).toHaveLength(100);
});

it("A quadratic function is detected", async () => {
  const read = (text: string) => {
    let count = 0;
    for (let from = 0; from < text.length; from++) {
      for (let at = 0; at < from; at++) if (text.charCodeAt(at) === 98) count++;
    }
    return count;
  };
  expect(await growthOf(read, [{ text: "a", isCounted: false }], 16_000)).toBeGreaterThan(81);
});
