import { describe, expect, it } from "vitest";
import * as documents from "../fixtures/documents.ts";
import { paragraph, TYPES } from "../fixtures/hostile.ts";
import { deflated, zipOf } from "../fixtures/zip.ts";
import { extract } from "../support/extracted.ts";
import { readWord as read, run, within, wordText as textOf } from "../support/word.ts";

it("A deleted end of a paragraph does not join it with a table", async () => {
  const table = `<w:tbl><w:tr><w:tc>${paragraph("a")}</w:tc></w:tr></w:tbl>`;
  expect(await textOf(paragraph("x", "<w:rPr><w:del/></w:rPr>") + table)).toBe("x\n\na");
});

it("A large first letter belongs to its word", async () => {
  const initial = paragraph("T", '<w:framePr w:dropCap="drop" w:lines="3"/>');
  expect(await textOf(initial + paragraph("he parties agree."))).toBe("The parties agree.");
});

it("Words of two paragraphs whose mark is deleted are kept apart", async () => {
  const first = paragraph("One.", "<w:rPr><w:del/></w:rPr>");
  expect(await textOf(first + paragraph("Two."))).toBe("One. Two.");
});

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
    expect(await textOf(body)).toBe(
      "The fee is five pounds\n\n[Struck out after “The fee is”] four4\n\n[Struck out after “The fee is five”] gone",
    );
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
    const framed = `<w:txbxContent>${within(run("Box"))}</w:txbxContent>`;
    const box = `<mc:AlternateContent><mc:Choice>${framed}</mc:Choice><mc:Fallback>${framed}</mc:Fallback></mc:AlternateContent>`;
    const body = within(
      `<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c&amp;d</w:t><w:noBreakHyphen/><w:t>e</w:t></w:r>`,
      `<w:r>${box}</w:r>`,
      run("after"),
    );
    expect(await textOf(body)).toBe("a\tb\nc&d\u2011eafter\n\nBox");
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
