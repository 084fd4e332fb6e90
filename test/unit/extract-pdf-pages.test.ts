import { describe, expect, it } from "vitest";
import { LEFT, linesAt, type Painted, paintedPdf, RIGHT } from "../fixtures/painted-pdf.ts";
import { extract } from "../support/extracted.ts";

const read = (...pages: Painted[][]) => extract(paintedPdf(...pages), "a.pdf");
const textOf = async (...pages: Painted[][]) => (await read(...pages)).text;

/** The stretches of all pages that are not running text. */
async function regionsOf(...pages: Painted[][]) {
  const parts = (await read(...pages)).pages;
  return parts.flatMap(({ text, regions }) =>
    regions.map(({ start, end, kind }) => [kind, Array.from(text).slice(start, end).join("")]),
  );
}

describe("What is raised on a PDF page", () => {
  it("does not become part of a number", async () => {
    const text = "at most 10^{6} euros for 40 m^{2} or 10^{n+x} or 10_{2}";
    const page = [{ x: 72, y: 700, text }];
    expect(await textOf(page)).toBe("at most 10⁶ euros for 40 m² or 10^(n+x) or 10₂\n");
    expect(await regionsOf(page)).toEqual([]);
  });

  it("leaves the ending of an ordinal number as it is", async () => {
    expect(await textOf([{ x: 72, y: 700, text: "the 21^{st} day" }])).toBe("the 21st day\n");
  });

  it("is a fraction with what is under it", async () => {
    const text = "holds 2^{1}/_{2} shares";
    expect(await textOf([{ x: 72, y: 700, text }])).toBe("holds 2 1/2 shares\n");
  });

  it("is a fraction with what is under it, without a stroke between them", async () => {
    const page = [
      { x: 72, y: 700, text: "holds" },
      { x: 103, y: 704, text: "1", size: 7 },
      { x: 110, y: 700, text: "of the shares" },
      { x: 103, y: 696, text: "2", size: 7 },
    ];
    expect(await textOf(page)).toBe("holds 1/2 of the shares\n");
  });

  it("marks a note, which stands behind the text of its page", async () => {
    const page = [
      { x: 72, y: 700, text: "The Tenant^{3} shall pay the rent in advance and" },
      { x: 72, y: 60, text: "3 See the definitions in Annex A, which", size: 8 },
      { x: 72, y: 50, text: "are part of this contract.", size: 8 },
    ];
    const next = [{ x: 72, y: 700, text: "without any deduction." }];
    expect(await textOf(page, next)).toBe(
      "The Tenant³ shall pay the rent in advance and\n³ See the definitions in Annex A, which\nare part of this contract.\nwithout any deduction.\n",
    );
    expect(await regionsOf(page, next)).toEqual([
      ["note_mark", "³"],
      ["note", "³ See the definitions in Annex A, which\nare part of this contract."],
    ]);
  });

  it("does not make notes of small lines that nothing refers to", async () => {
    const page = [
      ...linesAt([72, 700], LEFT),
      { x: 72, y: 60, text: "3 copies of this contract are signed.", size: 8 },
    ];
    expect(await regionsOf(page)).toEqual([]);
  });
});

describe("Headers and footers of PDF pages", () => {
  const head = { x: 72, y: 760, text: "Smith & Co. - Lease" };
  const numberOf = (page: number) => ({ x: 280, y: 40, text: `Page ${page} of 9` });
  const page = (number: number, lines: string[]) => [
    ...linesAt([72, 700], lines),
    numberOf(number),
    head,
  ];

  it("are written once, and not within a sentence", async () => {
    const text = await textOf(page(1, LEFT.slice(0, 2)), page(2, LEFT.slice(2)), page(3, RIGHT));
    expect(text).toBe(`[Header] Smith & Co. - Lease\n${LEFT.join("\n")}\n${RIGHT.join("\n")}\n`);
  });

  it("are regions without their labels", async () => {
    expect(await regionsOf(page(1, LEFT), page(2, RIGHT))).toEqual([
      ["header", "Smith & Co. - Lease"],
    ]);
  });

  it("come after the text of a page that begins within a sentence", async () => {
    const first = linesAt([72, 700], LEFT.slice(0, 2));
    const text = await textOf(first, page(2, LEFT.slice(2)), page(3, RIGHT));
    expect(text).toContain(`${LEFT.join("\n")}\n[Header] Smith & Co. - Lease\n`);
  });

  it("are written again if more than the page number has changed", async () => {
    const stamped = (number: number) => [
      ...linesAt([72, 700], number % 2 ? LEFT : RIGHT),
      { x: 400, y: 30, text: `SMITH${String(417 + number).padStart(6, "0")}` },
    ];
    expect(await regionsOf(stamped(1), stamped(2), stamped(3))).toEqual([
      ["footer", "SMITH000418"],
      ["footer", "SMITH000419"],
      ["footer", "SMITH000420"],
    ]);
  });

  it("keep a page number that differs from the number of the page in the file", async () => {
    const numbered = (number: number) => [
      ...linesAt([72, 700], number % 2 ? LEFT : RIGHT),
      { x: 300, y: 40, text: `- ${number + 4} -` },
    ];
    expect(await regionsOf(numbered(1), numbered(2))).toEqual([
      ["footer", "- 5 -"],
      ["footer", "- 6 -"],
    ]);
  });

  it("are not the same words in the middle of two pages, nor numbered titles", async () => {
    const titled = (number: number) => [
      { x: 250, y: 735, text: `EXHIBIT ${number} TO THE LEASE` },
      { x: 72, y: 500, text: "This page is part of the lease." },
    ];
    const text = await textOf(titled(1), titled(2));
    expect(text.match(/EXHIBIT \d/g)).toEqual(["EXHIBIT 1", "EXHIBIT 2"]);
    expect(text.match(/This page/g)).toHaveLength(2);
  });

  it("are not the first line of two pages that are the same", async () => {
    const copy = linesAt([72, 735], [...LEFT, ...RIGHT], { leading: 26 });
    expect(await regionsOf(copy, copy)).toEqual([]);
  });

  it("are the same in whatever windows the pages are read", async () => {
    const pages = Array.from({ length: 12 }, (_, at) =>
      page(at + 1, at % 2 ? LEFT : RIGHT).filter(({ y }) => y !== 760 || at > 3),
    );
    const bytes = paintedPdf(...pages);
    const whole = await extract(bytes, "a.pdf");
    const parts = [];
    for (let fromPage = 1; fromPage <= 12; fromPage += 3) {
      const window = { fromPage, pages: 3, textBefore: 1 };
      parts.push(...(await extract(bytes, "a.pdf", window)).pages);
    }
    expect(parts).toEqual(whole.pages);
    expect(whole.text.match(/\[Header\]/g)).toHaveLength(1);
  });
});

describe("Lines of a pleading", () => {
  const SENTENCE = ["This litigation involves", "personal injury and", "many Defendants."];
  const numbered = (numbers: number[], lines: string[]) =>
    numbers.flatMap((number, place) => [
      { x: 40, y: 700 - 24 * place, text: String(number) },
      { x: 72, y: 700 - 24 * place, text: lines[place] ?? "" },
    ]);

  it("are read without the numbers in their margin, as one paragraph", async () => {
    expect(await textOf(numbered([1, 2, 3], SENTENCE))).toBe(`${SENTENCE.join("\n")}\n`);
  });

  it("keep numbers that do not count them", async () => {
    expect(await textOf(numbered([1, 2, 3], ["Apples", "Pears", "Plums"]))).toContain("2\tPears");
    expect(await textOf(numbered([4, 9, 12], SENTENCE))).toContain("9\tpersonal");
  });
});

describe("Paragraphs of a PDF page", () => {
  it("are not single lines where all lines are far apart", async () => {
    const page = linesAt([72, 700], [...LEFT, ...RIGHT], { leading: 26 });
    expect(await textOf(page)).toBe(`${[...LEFT, ...RIGHT].join("\n")}\n`);
  });

  it("begin with an indent on a page whose lines are far apart", async () => {
    const page = linesAt([72, 700], [...LEFT, ...RIGHT], { leading: 26 });
    const [first] = page.slice(4);
    if (first) first.x += 36;
    expect(await textOf(page)).toBe(`${LEFT.join("\n")}\n\n${RIGHT.join("\n")}\n`);
  });

  it("are apart where white space is wider than between lines", async () => {
    const page = [...linesAt([72, 700], LEFT), ...linesAt([72, 630], RIGHT)];
    expect(await textOf(page)).toBe(`${LEFT.join("\n")}\n\n${RIGHT.join("\n")}\n`);
  });
});
