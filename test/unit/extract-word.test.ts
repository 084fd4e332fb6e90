import { describe, expect, it } from "vitest";
import * as documents from "../fixtures/documents.ts";
import { paragraph, TYPES, wordOf } from "../fixtures/hostile.ts";
import { deflated, zipOf } from "../fixtures/zip.ts";
import { extract } from "../support/extracted.ts";

const read = (body: string, others?: Record<string, string>) =>
  extract(wordOf(body, others), "a.docx");

const textOf = async (body: string, others?: Record<string, string>) =>
  (await read(body, others)).text;

const run = (text: string, properties = "") =>
  `<w:r><w:rPr>${properties}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;

const within = (...runs: string[]) => `<w:p>${runs.join("")}</w:p>`;

it("A table of a Word document keeps its rows and cells", async () => {
  const { text } = await extract(await documents.contractDocx(), "contract.docx");
  expect(text.endsWith(documents.DOCX_TABLE)).toBe(true);
  const cell = (...texts: string[]) => `<w:tc>${texts.map((t) => paragraph(t)).join("")}</w:tc>`;
  const table = `<w:tbl><w:tr>${cell("a", "b")}${cell("", "c")}</w:tr><w:tr>${cell("d")}</w:tr></w:tbl>`;
  expect(await textOf(paragraph("x") + table + paragraph("y"))).toBe("x\n\na\nb\tc\nd\n\ny");
});

describe("The text of a Word document", () => {
  it("is what remains once changes are accepted", async () => {
    const body = within(
      run("The fee is "),
      `<w:del><w:r><w:delText>four</w:delText><w:t>4</w:t></w:r></w:del>`,
      `<w:ins>${run("five")}</w:ins>`,
      `<w:moveFrom>${run(" gone")}</w:moveFrom><w:moveTo>${run(" pounds")}</w:moveTo>`,
    );
    expect(await textOf(body)).toBe("The fee is five pounds");
  });

  it("omits hidden text, and the code of fields", async () => {
    const body = within(
      run("Seen"),
      run(" hidden", "<w:vanish/>"),
      run(" shown", '<w:vanish w:val="0"/>'),
      `<w:r><w:fldChar/><w:instrText>PAGEREF x</w:instrText></w:r>`,
      run(" result"),
    );
    expect(await textOf(body)).toBe("Seen shown result");
  });

  it("has tabs, breaks, special hyphens and entities, and text boxes once", async () => {
    const box = `<mc:AlternateContent><mc:Choice>${within(run("Box"))}</mc:Choice><mc:Fallback>${within(run("Box"))}</mc:Fallback></mc:AlternateContent>`;
    const body = within(
      `<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c&amp;d</w:t><w:noBreakHyphen/><w:t>e</w:t></w:r>`,
      `<w:r>${box}</w:r>`,
      run("after"),
    );
    expect(await textOf(body)).toBe("a\tb\nc&d\u2011e\n\nBox\n\nafter");
  });

  it("ends with its footnotes", async () => {
    const notes = `<w:footnotes><w:footnote w:id="1">${paragraph("A note.")}</w:footnote></w:footnotes>`;
    expect(await textOf(paragraph("Text."), { "word/footnotes.xml": notes })).toBe(
      "Text.\n\nA note.",
    );
  });

  it("is read where the ZIP gives sizes only behind the data", async () => {
    const body = `<w:document><w:body>${paragraph("Streamed.")}</w:body></w:document>`;
    const entries = [
      { ...TYPES, descriptor: true },
      { ...deflated("word/media/a.bin", "x".repeat(100_000)), descriptor: true },
      { ...deflated("word/document.xml", body), descriptor: true },
      { name: "word/b.bin", data: new Uint8Array(200_000), method: 0 as const },
    ];
    expect((await extract(zipOf(entries), "a.docx")).text).toBe("Streamed.");
  });
});

describe("The headings of a Word document", () => {
  const STYLES = `<w:styles>
    <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
    <w:style w:styleId="Clause"><w:name w:val="Clause"/><w:basedOn w:val="berschrift1"/></w:style>
    <w:style w:styleId="Plain"><w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
    <w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>
  </w:styles>`;

  it("are detected by styles of any language, by what they are based on, and by outline levels", async () => {
    const styled = (text: string, style: string, more = "") =>
      paragraph(text, `<w:pStyle w:val="${style}"/>${more}`);
    const body = [
      styled("One", "berschrift1"),
      styled("Two", "Clause"),
      styled("Body", "Plain"),
      styled("Circle", "a"),
      styled("Three", "Heading3"),
      styled("Four", "a", '<w:outlineLvl w:val="3"/>'),
      styled("", "Clause"),
      paragraph("Text"),
    ].join("");
    const { headings } = await read(body, { "word/styles.xml": STYLES });
    expect(headings).toEqual([
      { text: "One", level: 1 },
      { text: "Two", level: 1 },
      { text: "Three", level: 3 },
      { text: "Four", level: 4 },
    ]);
  });
});

describe("The numbers of a Word document's clauses", () => {
  const level = (depth: number, format: string, text: string, more = "") =>
    `<w:lvl w:ilvl="${depth}"><w:start w:val="1"/><w:numFmt w:val="${format}"/>${more}<w:lvlText w:val="${text}"/></w:lvl>`;
  const NUMBERING = `<w:numbering><w:abstractNum w:abstractNumId="7">
    ${level(0, "decimal", "%1.", '<w:pStyle w:val="Clause"/>')}${level(1, "decimal", "%1.%2")}${level(2, "lowerLetter", "(%3)")}${level(3, "lowerRoman", "(%4)")}
    </w:abstractNum><w:abstractNum w:abstractNumId="8">${level(0, "bullet", "x")}</w:abstractNum>
    <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
    <w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
    <w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num></w:numbering>`;
  const STYLES = `<w:styles><w:style w:styleId="Clause"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>`;
  const OTHERS = { "word/numbering.xml": NUMBERING, "word/styles.xml": STYLES };
  const numbered = (text: string, list: number, depth = 0) =>
    paragraph(text, `<w:numPr><w:ilvl w:val="${depth}"/><w:numId w:val="${list}"/></w:numPr>`);

  it("are in its text as Word shows them", async () => {
    const body = [
      paragraph("Definitions", '<w:pStyle w:val="Clause"/>'),
      numbered("Fees", 1, 1),
      numbered("base", 1, 2),
      numbered("extra", 1, 2),
      numbered("small", 1, 3),
      numbered("Term", 1, 1),
      numbered("reset", 1, 2),
      paragraph("Payment", '<w:pStyle w:val="Clause"/>'),
      numbered("Again", 2),
      numbered("Item", 3),
      paragraph("Free", '<w:pStyle w:val="Clause"/><w:numPr><w:numId w:val="0"/></w:numPr>'),
    ].join("");
    const { text, headings } = await read(body, OTHERS);
    expect(text.split("\n\n")).toEqual([
      "1. Definitions",
      "1.1 Fees",
      "(a) base",
      "(b) extra",
      "(i) small",
      "1.2 Term",
      "(a) reset",
      "2. Payment",
      "1. Again",
      "• Item",
      "Free",
    ]);
    expect(headings[0]).toEqual({ text: "1. Definitions", level: 1 });
  });
});

describe("The pages of a Word document", () => {
  const PAGE = '<w:r><w:br w:type="page"/></w:r>';
  const RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>";

  it("are those that its author and its program began, each counted once", async () => {
    const body = [
      within(run("one")),
      within(PAGE),
      within(RENDERED, run("two")),
      within(run("still two "), RENDERED, run("three")),
      paragraph("four", "<w:pageBreakBefore/>"),
    ].join("");
    const { pages } = await read(body);
    expect(pages.map(({ page, text }) => [page, text])).toEqual([
      [1, "one\n\n"],
      [2, "two\n\nstill two\n"],
      [3, "three\n\n"],
      [4, "four"],
    ]);
  });
});
