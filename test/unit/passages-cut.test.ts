import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossReferences } from "../../src/features/retrieval/cross-references.ts";
import { type CuttableText, cutPassages } from "../../src/features/retrieval/cut.ts";
import { cpuMs } from "../support/hostile-text.ts";

/** No passage is longer, in code points. */
const LONGEST = 700;

const cut = (text: string, more: Partial<CuttableText> = {}) => [
  ...cutPassages({ text, pages: [{ page: 1, start: 0 }], headings: [], ...more }),
];

/** Typical and atypical texts of documents. */
const piece = fc.oneof(
  fc.constantFrom(
    "The Tenant shall pay the rent. ",
    "1. Rent\n",
    "1.1 Term and Termination. ",
    "(a) ",
    "ARTICLE IV\n",
    "SCHEDULE A",
    "GOVERNING LAW\n",
    "\n\n",
    "\r\n",
    "   ",
    "\t\t",
    "\u00a0",
    "e.g. ",
    "Inc. ",
    "合同条款。",
    "🙂",
    "x".repeat(900),
    "word ".repeat(400),
    "…….",
    ";",
  ),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);
const document = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

describe("passages of any text", () => {
  it("stand in it at their offsets, in their order, none too long", () => {
    fc.assert(
      fc.property(document, (text) => {
        const signs = Array.from(text);
        let last = { start: -1, end: 0 };
        for (const [index, passage] of cut(text).entries()) {
          expect(passage.ordinal).toBe(index);
          expect(signs.slice(passage.start, passage.end).join("")).toBe(passage.text);
          expect(passage.text.trim()).toBe(passage.text);
          expect(passage.end - passage.start).toBeLessThanOrEqual(LONGEST);
          expect(passage.start).toBeGreaterThan(last.start);
          expect(passage.end).toBeGreaterThan(last.end);
          last = passage;
        }
      }),
    );
  });

  it("contain all of it except white space", () => {
    fc.assert(
      fc.property(document, (text) => {
        const signs: (string | undefined)[] = Array.from(text);
        for (const { start, end } of cut(text)) signs.fill(undefined, start, end);
        expect(signs.filter((sign) => sign?.trim())).toEqual([]);
      }),
    );
  });
});

describe("passages of a contract", () => {
  const text = `SERVICES AGREEMENT

1. Term. This Agreement begins on May 1. It runs for two years.

2. Fees

2.1 The Client pays 100 euros an hour; travel is paid at cost.
2.2 Late Payment. Interest accrues on sums that are
not paid in time, at the statutory rate.
`;
  const passages = cut(text);

  it("know the headings above them, and never cross one", () => {
    expect(passages.map(({ headings }) => headings)).toEqual([
      ["SERVICES AGREEMENT", "1. Term"],
      ["SERVICES AGREEMENT", "2. Fees"],
      ["SERVICES AGREEMENT", "2. Fees", "2.2 Late Payment"],
    ]);
  });

  it("keep a sentence whole that is broken into lines", () => {
    expect(passages.at(-1)?.text).toContain("sums that are\nnot paid in time");
  });

  it("keep sentences whole where lines end as on Windows", () => {
    const sentence = (n: number) =>
      `The ${n} tenants of the Building shall pay the rent on the first day of\neach month, as Section 4 of this Lease and its Schedules require of\nthem${" and of others".repeat(n % 5)}.`;
    const sentences = Array.from({ length: 20 }, (_, n) => sentence(n + 10));
    const lines = `1. Rent\n\n${sentences.join("\n")}\n\n4. Days\n\nA day is a day.`;
    const found = cut(lines.replaceAll("\n", "\r\n"));
    expect(found.length).toBeGreaterThan(5);
    for (const { text: of } of found) {
      expect(of).toMatch(/^(?:The \d|1\. Rent|4\. Days)/);
      expect(of).toMatch(/\.$/);
    }
    expect(crossReferences(found).get(0)).toEqual([found.length - 1]);
  });

  it("begin on their declared page, and use headings that the format marks", () => {
    const first = "Terms of use\n\nEverything is allowed.\n";
    const both = first + "\nNothing is owed. Nobody is liable.";
    const pages = [
      { page: 1, start: 0 },
      { page: 2, start: first.length },
    ];
    const found = cut(both, { pages, headings: [{ start: 0, end: 12, level: 1 }] });
    expect(found[0]?.headings).toEqual(["Terms of use"]);
    expect(found.map(({ page }) => page)).toContain(1);
  });

  it("overlap by a few words where one sentence is too long for one passage", () => {
    const [first, second] = cut(`${"the said party of the first part ".repeat(60)}.`);
    expect(second?.start).toBeLessThan(first?.end ?? 0);
    expect((first?.end ?? 0) - (second?.start ?? 0)).toBeLessThanOrEqual(40);
  });
});

describe("a text that would make a passage of every few characters", () => {
  it.each([
    ["headings with a letter each", "AB\nx\n"],
    ["headings in capitals", "ARTICLE\nA.\n"],
    ["numbered headings", "1. Term\nOne.\n"],
    ["headings that the format marks", "Title\nx\n"],
  ])("makes no more of them than it has hundreds of characters: %s", (_what, unit) => {
    const text = unit.repeat(Math.ceil(500_000 / unit.length));
    const first = unit.indexOf("\n");
    const headings =
      unit === "Title\nx\n"
        ? Array.from({ length: text.length / unit.length }, (_, index) => ({
            start: index * unit.length,
            end: index * unit.length + first,
            level: 1,
          }))
        : [];
    const passages = cut(text, { headings });
    expect(passages.length).toBeLessThanOrEqual(1_001 + text.length / 100);
    const held = passages.map((passage) => passage.text).join("");
    expect(held.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  });

  it("is cut as any other where its headings are few", () => {
    const text = "AB\nx\n".repeat(900);
    expect(cut(text)).toHaveLength(900);
  });
});

describe("five million characters", () => {
  const worst = {
    "one endless word": "a".repeat(5_000_000),
    "no spaces between words": "合同条款。".repeat(1_000_000),
    "a heading on each line": "1. A\n".repeat(1_000_000),
    "blanks, and a word": `${" ".repeat(5_000_000)}x`,
  };
  for (const [what, text] of Object.entries(worst)) {
    it(`are cut in linear time: ${what}`, async () => {
      let longest = 0;
      const ms = await cpuMs(() => {
        for (const passage of cutPassages({ text, pages: [], headings: [] })) {
          longest = Math.max(longest, passage.text.length);
        }
      });
      expect(longest).toBeGreaterThan(0);
      expect(longest).toBeLessThanOrEqual(LONGEST);
      expect(ms).toBeLessThan(15_000);
    });
  }
});
