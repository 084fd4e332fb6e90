import { describe, expect, it } from "vitest";
import { paragraph, wordOf } from "../fixtures/hostile.ts";
import { extract } from "../support/extracted.ts";
import { growthOf } from "../support/hostile-text.ts";
import { run, within } from "../support/word.ts";

const refused = async (body: string, others?: Record<string, string>) => {
  try {
    return (await extract(wordOf(body, others), "a.docx")).text.length;
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
};

const struck = run("b", "<w:strike/>");
const raised = run("2", '<w:vertAlign w:val="superscript"/>');

describe("The time that a Word document takes grows with its length alone", () => {
  it.each([
    ["struck-out words", within(run("a "), struck)],
    ["struck-out words of one paragraph", run("a ") + struck],
    ["raised characters of one paragraph", raised],
    ["paragraphs that are joined", paragraph("a ", "<w:rPr><w:del/></w:rPr>")],
    ["comments that never end", `<w:commentRangeStart w:id="1"/>${run("a")}`],
    ["notes", `<w:p>${run("a")}<w:footnoteReference w:id="1"/></w:p>`],
    ["sections", `<w:p><w:pPr><w:sectPr/></w:pPr>${run("a")}</w:p>`],
    ["text boxes", within(`<w:r><w:txbxContent>${paragraph("a")}</w:txbxContent></w:r>`)],
    ["controls", `<w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent>${paragraph("a")}`],
    ["fields", `<w:fldChar w:fldCharType="begin"/>${run("a")}`],
    ["namespaces", `<a xmlns:a="u" xmlns:w="v" xmlns:r="w"/>`],
    [
      "formulas",
      `<m:oMath>${"<m:sSup><m:e>".repeat(20)}<m:r><m:t>ab</m:t></m:r>${"</m:e></m:sSup>".repeat(20)}</m:oMath>`,
    ],
    ["formulas that never end", "<m:oMath><m:sSup><m:e><m:t>a</m:t></m:e>"],
    ["headings", paragraph("Heading", '<w:outlineLvl w:val="0"/>')],
  ])("for %s", { timeout: 60_000 }, async (_, text) => {
    const read = async (body: string) => refused(body);
    expect(await growthOf(read, [{ text, isCounted: false }], 2_000_000)).toBeUndefined();
  });
});

describe("What a Word document makes hold much is refused", () => {
  it("for struck-out stretches, and notes, beyond all that people write", async () => {
    expect(await refused(within(run("a "), struck).repeat(60_000))).toBe("too_much_text");
    const notes = `<w:footnotes>${'<w:footnote w:id="1"/>'.repeat(20_001)}</w:footnotes>`;
    expect(await refused(paragraph("a"), { "word/footnotes.xml": notes })).toBe("too_much_text");
  });

  it("but a note is written once, however often it is referred to", async () => {
    const long = "Long. ".repeat(10_000);
    const notes = `<w:footnotes><w:footnote w:id="1">${paragraph(long)}</w:footnote></w:footnotes>`;
    const body = `<w:p>${'<w:r><w:footnoteReference w:id="1"/></w:r>'.repeat(1_000)}</w:p>`;
    expect(await refused(body, { "word/footnotes.xml": notes })).toBeLessThan(70_000);
  });
});
