import fc from "fast-check";
import { expect, it } from "vitest";
import { planSlices } from "../../src/features/citations/read-text.ts";

it("Several short documents are read in one trip, and a long one in several", () => {
  const files = [300_000, 200_000, 900_000].map((textLength, index) => ({
    fileId: `f${index}`,
    textLength,
  }));
  expect(planSlices(files).map((trip) => trip.map(({ fileId }) => fileId))).toEqual([
    ["f0", "f1"],
    ["f2"],
  ]);
  const long = planSlices([{ fileId: "f", textLength: 5_000_000 }]);
  expect(long).toHaveLength(6);
  expect(long.at(-1)?.[0]?.to).toBe(5_000_000);
});

it("No trip exceeds its limit, and every text is covered with ample overlap", () => {
  const lengths = fc.array(fc.nat({ max: 900_000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lengths, fc.nat(), (all, seed) => {
      const files = all.map((textLength, index) => ({ fileId: `f${index}`, textLength }));
      const trips = planSlices(files, 200_000);
      const isSmall = trips.every(
        (trip) => trip.reduce((sum, { from, to }) => sum + to - from, 0) <= 200_000,
      );
      const file = files[seed % files.length];
      const at = seed % Math.max(file?.textLength ?? 1, 1);
      const end = Math.min(at + 10_000, file?.textLength ?? 0);
      const holds = trips
        .flat()
        .some(({ fileId, from, to }) => fileId === file?.fileId && from <= at && to >= end);
      return isSmall && holds;
    }),
  );
});
