import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Excerpt } from "../../src/features/citations/excerpt.ts";
import { divide, mergeNeighbours } from "../../src/features/turns/context/passages.ts";

const FILE = { fileId: "f", fileName: "lease.pdf" };
const cut = (text: string, start: number, end: number): Excerpt => ({
  ...FILE,
  page: 1,
  start,
  end,
  text: Array.from(text).slice(start, end).join(""),
});

const prose = fc
  .array(fc.constantFrom("The rent is due. ", "word ", "\n\n", "\n", "𝒳", "ß", "x".repeat(900)))
  .map((pieces) => pieces.join(""));

describe("a document that goes in whole", () => {
  it("is divided without gap or overlap, within its pages, at correct offsets", () => {
    fc.assert(
      fc.property(fc.array(prose, { minLength: 1, maxLength: 4 }), (pages) => {
        let start = 0;
        const parts = pages.map((text, index) => {
          const part = { page: index + 1, start, text };
          start += Array.from(text).length;
          return part;
        });
        const whole = Array.from(pages.join(""));
        const excerpts = divide(FILE, parts);
        expect(excerpts.map(({ text }) => text).join("")).toBe(pages.join(""));
        for (const { start, end, text, page } of excerpts) {
          expect(whole.slice(start, end).join("")).toBe(text);
          expect(text.length).toBeLessThanOrEqual(1_600);
          expect(parts[(page ?? 0) - 1]?.start).toBeLessThanOrEqual(start);
        }
      }),
    );
  });

  it("is divided between paragraphs rather than sentences, and sentences rather than words", () => {
    const paragraph = `${"The rent is due each month. ".repeat(45)}\n\n`;
    const [first] = divide(FILE, [{ page: 1, start: 0, text: paragraph.repeat(3) }]);
    expect(first?.text).toBe(paragraph);
    const [sentence] = divide(FILE, [{ page: 1, start: 0, text: "It is due now. ".repeat(300) }]);
    expect(sentence?.text).toMatch(/now\. $/);
  });
});

describe("retrieved passages", () => {
  it("are merged where they touch, and their text is what stands in the document", () => {
    const text = Array.from({ length: 60 }, (_, index) =>
      index % 7 ? "ab𝒳"[index % 3] : " ",
    ).join("");
    const ranges = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.integer({ min: 1, max: 20 })));
    fc.assert(
      fc.property(ranges, (found) => {
        const excerpts = found.map(([start, length]) => cut(text, start, start + length));
        const merged = mergeNeighbours(excerpts);
        for (const { start, text: words } of merged) {
          expect(cut(text, start, start + Array.from(words).length).text).toBe(words);
        }
        for (const [index, { start }] of merged.entries()) {
          expect(start).toBeGreaterThan(merged[index - 1]?.end ?? -1);
        }
        const covered = (all: Excerpt[], at: number) =>
          all.some(({ start, end }) => at >= start && at < end);
        for (let at = 0; at < 60; at++) expect(covered(merged, at)).toBe(covered(excerpts, at));
      }),
    );
  });
});
