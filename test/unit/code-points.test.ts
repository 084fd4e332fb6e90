import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beforePair,
  codePointLength,
  endsInsidePair,
  firstCodePoints,
  indexAfter,
} from "../../src/lib/code-points.ts";

/** Any text, broken surrogates included. */
const anyText = fc.string({ unit: "binary" });
const wellFormed = anyText.map((text) => text.toWellFormed());

describe("code points", () => {
  it("are counted between two indexes as in the slice between them", () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), fc.nat(20), (text, first, length) => {
        const start = Math.min(first, text.length);
        const end = Math.min(start + length, text.length);
        const slice = Array.from(text.slice(start, end));
        return codePointLength(text, start, end) === slice.length;
      }),
    );
  });

  it("take the index after them, from any index on, and never beyond the text", () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), fc.integer({ min: -2, max: 20 }), (text, first, count) => {
        const start = Math.min(first, text.length);
        const taken = Array.from(text.slice(start)).slice(0, Math.max(count, 0));
        return indexAfter(text, count, start) === start + taken.join("").length;
      }),
    );
    fc.assert(
      fc.property(anyText, fc.nat(20), (text, count) => {
        const taken = Array.from(text).slice(0, count);
        return firstCodePoints(text, count) === taken.join("");
      }),
    );
  });

  it("are not divided", () => {
    fc.assert(
      fc.property(wellFormed, fc.nat(20), (text, position) => {
        const index = Math.min(position, text.length);
        const cut = beforePair(text, index);
        expect(index - cut).toBe(text.slice(0, index).isWellFormed() ? 0 : 1);
        expect(endsInsidePair(text.slice(0, index))).toBe(cut < index);
      }),
    );
  });
});
