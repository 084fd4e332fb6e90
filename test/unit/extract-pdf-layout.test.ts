import { describe, expect, it } from "vitest";
import { ExtractionFailure } from "../../src/features/files/failures.ts";
import { PageWriter } from "../../src/features/files/extract/pages.ts";
import { PdfLines } from "../../src/features/files/extract/pdf-lines.ts";
import { makePdf } from "../fixtures/documents.ts";
import { LEFT, linesAt, type Painted, paintedPdf, RIGHT } from "../fixtures/painted-pdf.ts";
import { extract } from "../support/extracted.ts";

const textOf = async (...pages: Painted[][]) => (await extract(paintedPdf(...pages), "a.pdf")).text;

describe("Columns of a PDF page", () => {
  const left = linesAt([72, 650], LEFT);
  const right = linesAt([320, 650], RIGHT);
  const whole = `${LEFT.join("\n")}\n\n${RIGHT.join("\n")}\n`;

  it("are read one after the other, whichever is painted first", async () => {
    expect(await textOf([...left, ...right])).toBe(whole);
    expect(await textOf([...right, ...left])).toBe(whole);
  });

  it("are read one after the other where their lines are painted in turn", async () => {
    const turns = left.flatMap((line, place) => [line, right[place] ?? line]);
    expect(await textOf(turns)).toBe(whole);
  });

  it("are read so where their lines stand at other heights", async () => {
    expect(await textOf([...left, ...linesAt([320, 645], RIGHT)])).toBe(whole);
  });

  it("follow a heading over both, and come before a line under both", async () => {
    const heading = { x: 200, y: 690, text: "MEMORANDUM OF POINTS AND AUTHORITIES" };
    const closing = {
      x: 72,
      y: 560,
      text: "Both parties have read this page and agree to all of it.",
    };
    const page = [...left, ...right, { ...closing, text: closing.text.padEnd(95, ".") }, heading];
    expect((await textOf(page)).replaceAll("\n\n", "\n")).toBe(
      [heading.text, ...LEFT, ...RIGHT, closing.text.padEnd(95, "."), ""].join("\n"),
    );
  });

  it("leave the notes beside a text out of its sentences", async () => {
    const notes = linesAt([40, 645], ["Repair", "and", "notice"], { size: 7, leading: 9 });
    const main = linesAt([150, 650], [...LEFT, ...RIGHT]);
    expect(await textOf([...notes, ...main])).toContain(`${LEFT.join("\n")}\n`);
  });
});

describe("A table of a PDF page", () => {
  const ROWS = [
    ["Adams, R", "Clerk", "37,499.96"],
    ["Okafor, N", "Bailiff", "446.87"],
    ["Ito, M", "Intern", "12.00"],
  ];
  const cells = ROWS.flatMap(([name = "", post = "", pay = ""], place) => [
    { x: 72, y: 700 - 14 * place, text: name },
    { x: 260, y: 700 - 14 * place, text: post },
    { x: 480, y: 700 - 14 * place, text: pay },
  ]);
  const rows = `${ROWS.map((row) => row.join("\t")).join("\n")}\n`;

  it("is read by row, however it is painted", async () => {
    const byColumn = [0, 1, 2].flatMap((column) => cells.filter((_, at) => at % 3 === column));
    expect(await textOf(cells)).toBe(rows);
    expect(await textOf(cells.toReversed())).toBe(rows);
    expect(await textOf(byColumn)).toBe(rows);
  });

  it("keeps a cell of several lines together, beside the words that it explains", async () => {
    const terms = [
      { x: 72, y: 650, text: "Premises" },
      ...linesAt([200, 650], LEFT.slice(0, 3)),
      { x: 72, y: 594, text: "Building" },
      ...linesAt([200, 594], RIGHT.slice(0, 3)),
    ];
    expect(await textOf(terms)).toBe(
      `Premises\t${LEFT.slice(0, 3).join("\n")}\n\nBuilding\t${RIGHT.slice(0, 3).join("\n")}\n`,
    );
  });

  it("ends where the text goes over its gutter", async () => {
    const signatures = [
      ...linesAt([72, 700], ["LANDLORD:", "Name: Ann Lee"]),
      ...linesAt([320, 700], ["TENANT:", "Name: Bo Chan"]),
    ];
    const contents = ["1. Definitions", "2. Rent"].flatMap((text, index) => [
      { x: 72, y: 600 - 14 * index, text },
      { x: 500, y: 600 - 14 * index, text: String(3 + index) },
    ]);
    const after = { x: 72, y: 572, text: "The rent is due on the first day of each month." };
    expect(await textOf([...signatures, ...contents, after])).toBe(
      `LANDLORD:\tTENANT:\nName: Ann Lee\tName: Bo Chan\n\n1. Definitions\t3\n2. Rent\t4\n\n${after.text}\n`,
    );
  });

  it("is not made of paragraphs that are counted in the margin", async () => {
    const page = ["(a)", "(b)", "(c)"].flatMap((label, place) => [
      { x: 72, y: 700 - 28 * place, text: label },
      ...linesAt([110, 700 - 28 * place], LEFT.slice(0, 2)),
    ]);
    const [first, second] = LEFT;
    const item = (label: string) => `${label} ${first}\n${second}\n`;
    expect(await textOf(page)).toBe(["(a)", "(b)", "(c)"].map(item).join(""));
  });
});

describe("Words of a PDF page", () => {
  it("have a blank between them where the text jumps, and none where letters change", async () => {
    const page = [
      { x: 250, y: 700, text: "5,000.00" },
      { x: 72, y: 700, text: "Rent" },
      { x: 72, y: 686, text: "H_{2}O" },
    ];
    expect(await textOf(page)).toBe("Rent 5,000.00\nH₂O\n");
  });

  it("are read from the top, whatever is painted first", async () => {
    const lines = linesAt([72, 700], LEFT);
    expect(await textOf(lines.toReversed())).toBe(`${LEFT.join("\n")}\n`);
  });

  it("that run up the page are lines of their own", async () => {
    const stamp = { x: 40, y: 300, text: "Filed 3 May 2026", turned: true };
    expect(await textOf([stamp, ...linesAt([72, 700], LEFT)])).toBe(
      `${LEFT.join("\n")}\n\nFiled 3 May 2026\n`,
    );
  });

  it("that are all turned are read as they stand", async () => {
    const page = LEFT.map((text, place) => ({ x: 100 + 14 * place, y: 72, text, turned: true }));
    expect(await textOf(page)).toBe(`${LEFT.join("\n")}\n`);
  });

  it("that are painted twice, to look bold or to throw a shadow, are there once", async () => {
    const twice = (x: number, y: number) => [
      { x: 72, y: 700, text: "Termination" },
      { x: 72 + x, y: 700 + y, text: "Termination" },
      { x: 72, y: 680, text: "Room 11" },
    ];
    expect(await textOf(twice(0.3, 0))).toContain("Termination\n");
    expect(await textOf(twice(1.5, -1.5))).toContain("Termination\n");
    expect((await textOf(twice(0.3, 0))).match(/Termination|11/g)).toEqual(["Termination", "11"]);
  });

  it("of which each letter is painted twice are there once", async () => {
    const letters = Array.from("BOND", (text, place) => ({ x: 72 + 8 * place, y: 700, text }));
    const page = letters.flatMap((letter) => [letter, { ...letter, x: letter.x + 0.3 }]);
    expect(await textOf(page)).toBe("BOND\n");
  });

  it("keep the hyphen at the end of a line", async () => {
    expect(await textOf(linesAt([72, 700], ["shall indem-", "nify in 2026-", "2027."]))).toBe(
      "shall indem-\nnify in 2026-\n2027.\n",
    );
  });
});

/** A run as pdf.js returns it. */
const runAt = (str: string, x: number, y: number, size = 10) => ({
  str,
  transform: [size, 0, 0, size, x, y],
  width: 0.5 * size * str.length,
  height: size,
});

function linesOf(runs: ReturnType<typeof runAt>[]): string {
  const writer = new PageWriter({ page: 1, textBefore: 0 });
  const lines = new PdfLines(writer, { fromPage: 1, lastPage: 1 });
  lines.add(runs);
  lines.endPage({ box: [0, 0, 612, 792] });
  lines.end();
  return writer
    .end(true)
    .map(({ text }) => text)
    .join("");
}

describe("Text from right to left", () => {
  it("is read with the words and numbers of other scripts in their places", () => {
    // As pdf.js returns them: each run in its own reading order.
    const runs = [
      runAt("הסכם", 200, 700),
      runAt("Acme Ltd", 155, 700),
      runAt("מיום", 130, 700),
      runAt("2026", 100, 700),
      runAt("הצדדים מסכימים", 150, 686),
    ];
    expect(linesOf(runs)).toBe("הסכם Acme Ltd מיום 2026\nהצדדים מסכימים\n");
  });

  it("turns brackets towards the words in them", () => {
    expect(linesOf([runAt(")הסכם( שכירות", 100, 700)])).toBe("(הסכם) שכירות\n");
  });

  it("has ligatures as their letters, in their order", () => {
    expect(linesOf([runAt("س\ufefbم", 100, 700)])).toBe("سلام\n");
    expect(linesOf([runAt("األهداف", 100, 700)])).toBe("الأهداف\n");
  });
});

function endingOf(count: number, make: (at: number) => ReturnType<typeof runAt>): unknown {
  try {
    return linesOf(Array.from({ length: count }, (_, at) => make(at))) === "" ? "empty" : "read";
  } catch (error) {
    return error instanceof ExtractionFailure ? error.code : error;
  }
}

describe("A page with hundreds of thousands of runs", () => {
  const COUNT = 290_000;
  const PAGES: [string, (at: number) => ReturnType<typeof runAt>][] = [
    ["at one place", (at) => runAt(`a${at % 50_000}`, 100, 100)],
    ["in one line", (at) => runAt("ab", 40 * at, 100)],
    ["in a column", (at) => runAt("word", 100, -12 * at)],
    ["in a grid", (at) => runAt("12", 30 * (at % 100), -12 * Math.floor(at / 100))],
    ["on stairs", (at) => runAt("word", 3 * at, -0.5 * at)],
    [
      "that are raised",
      (at) => runAt(at % 2 ? "1" : "word", 20 * at, at % 2 ? 104 : 100, at % 2 ? 6 : 10),
    ],
    ["of numbers in a margin", (at) => runAt(String(at % 1_000), 40, -12 * at)],
    ["without numbers for places", () => runAt("abc", Number.NaN, Number.POSITIVE_INFINITY)],
  ];

  it.each(PAGES)("is read in bounded time: %s", { timeout: 60_000 }, (_, make) => {
    const start = process.cpuUsage();
    expect(["read", "too_much_text"]).toContain(endingOf(COUNT, make));
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(20);
  });
});

it("A page with justified text over two columns keeps its words in order", async () => {
  const sentence = (number: number) =>
    `Delivery ${number} is made to the place that is named in the order for it. `;
  const sentences = Array.from({ length: 40 }, (_, at) => sentence(at + 1));
  const bytes = await makePdf((pdf) => {
    pdf.fontSize(11).text(sentences.slice(0, 12).join(""), { align: "justify" });
    const columns = { columns: 2, columnGap: 24, height: 400 };
    pdf.moveDown().text(sentences.slice(12).join(""), { align: "justify", ...columns });
  });
  const { text } = await extract(bytes, "a.pdf");
  expect(text.replaceAll(/\s+/g, " ").trim()).toBe(sentences.join("").trim());
});
