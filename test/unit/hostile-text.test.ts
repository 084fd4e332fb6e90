import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findQuotations } from "../../src/features/citations/find-quotes.ts";
import { growthOf, pieces } from "../support/hostile-text.ts";
import { DOCUMENT_ENTRIES, MESSAGE_ENTRIES } from "../support/text-entries.ts";

describe("Whatever a text repeats, the time grows linearly with its length", () => {
  it.each([
    ["a message", MESSAGE_ENTRIES, 32_000],
    ["a document or an answer", DOCUMENT_ENTRIES, 64_000],
  ])("of %s", { timeout: 120_000 }, async (_, entries, length) => {
    const holds = fc.asyncProperty(pieces, async (from) => {
      for (const [name, read] of Object.entries(entries)) {
        expect(await growthOf(read, from, length), name).toBeUndefined();
      }
    });
    await fc.assert(holds, { seed: 20_261, numRuns: 12, endOnFailure: true });
  });

  it.each(["“a” [1]", "“a” ", "[1] “a” "])("of an answer of %j", async (text) => {
    const from = [{ text, isCounted: false }];
    expect(await growthOf(findQuotations, from, 64_000)).toBeUndefined();
  });
});

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
