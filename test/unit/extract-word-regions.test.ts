import { describe, expect, it } from "vitest";
import { paragraph } from "../fixtures/hostile.ts";
import { readWord, regionsOf, related, run, within, wordText } from "../support/word.ts";

const PAGE = '<w:r><w:br w:type="page"/></w:r>';
const RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>";

describe("Struck-out words of a Word document", () => {
  const STYLES = `<w:styles>
    <w:style w:type="character" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>
    <w:style w:type="character" w:styleId="Away"><w:basedOn w:val="Gone"/></w:style>
    <w:style w:type="paragraph" w:styleId="Dropped"><w:rPr><w:strike/></w:rPr></w:style></w:styles>`;
  const others = { "word/styles.xml": STYLES };

  it("are kept apart at its end, with the words before them", async () => {
    const read = await readWord(
      within(run("The term is "), run("twelve", "<w:strike/>"), run(" 24 months; fee ")) +
        within(run("900", "<w:dstrike/>"), run(" 700."), run(" on", '<w:strike w:val="0"/>')),
    );
    expect(read.text).toBe(
      "The term is 24 months; fee\n\n700. on\n\n[Struck out after “The term is”] twelve\n\n[Struck out] 900",
    );
    expect(regionsOf(read)).toEqual([
      ["struck_out", "twelve"],
      ["struck_out", "900"],
    ]);
  });

  it("are those of styles too, and not where a run or a second style takes it back", async () => {
    const body = [
      within(run("a "), run("b", '<w:rStyle w:val="Away"/>'), run(" c")),
      paragraph("whole", '<w:pStyle w:val="Dropped"/>'),
      `<w:p><w:pPr><w:pStyle w:val="Dropped"/></w:pPr>${run("kept", '<w:strike w:val="false"/>')}${run(" twice", '<w:rStyle w:val="Gone"/>')}</w:p>`,
    ].join("");
    expect(await wordText(body, others)).toBe(
      "a c\n\nkept twice\n\n[Struck out after “a”] b\n\n[Struck out] whole",
    );
  });

  it("never glue what stands around them, and letters that a reviewer deleted do not part a word", async () => {
    const deleted = (text: string) => `<w:del><w:r><w:delText>${text}</w:delText></w:r></w:del>`;
    const body = [
      within(run("two"), run("hundred", "<w:strike/>"), run("ten")),
      within(run("end"), run(" of it", "<w:strike/>"), run(".")),
      within(run("colo"), deleted("u"), run("r")),
      within(run("one"), deleted(" or two"), run("three")),
      within(deleted("Gone"), run(" first")),
    ].join("");
    const text = await wordText(body);
    expect(text.split("\n\n[Struck")[0]).toBe("two ten\n\nend.\n\ncolor\n\none three\n\nfirst");
  });

  it("of deleted rows and paragraphs leave no line, and join what stands around a deleted mark", async () => {
    const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
    const mark = "<w:rPr><w:del/></w:rPr>";
    const body = [
      `<w:tbl><w:tr>${cell("a")}</w:tr><w:tr><w:trPr><w:del/></w:trPr>${cell("b")}</w:tr></w:tbl>`,
      paragraph("One half, ", mark),
      paragraph("and the other."),
    ].join("");
    expect(await wordText(body)).toBe("a\n\nOne half, and the other.\n\n[Struck out] b");
  });
});

describe("Headers and footers of a Word document", () => {
  const header = (text: string) => `<w:hdr>${paragraph(text)}</w:hdr>`;
  const footer = (text: string) => `<w:ftr>${paragraph(text)}</w:ftr>`;
  const PARTS = {
    ...related(
      ["h1", "header", "header1.xml"],
      ["h2", "header", "header2.xml"],
      ["h3", "header", "header3.xml"],
      ["f1", "footer", "footer1.xml"],
      ["f2", "footer", "footer2.xml"],
    ),
    "word/header1.xml": header("Draft 4"),
    "word/header2.xml": header("Privileged"),
    "word/header3.xml": header("Draft 4"),
    "word/footer1.xml": footer("Matter 12"),
    "word/footer2.xml": footer("Signature page"),
  };
  const named = (kind: "header" | "footer", type: string, id: string) =>
    `<w:${kind}Reference w:type="${type}" r:id="${id}"/>`;
  const section = (content: string) => `<w:sectPr>${content}</w:sectPr>`;

  it("stand once per section, labelled, at its beginning and its end", async () => {
    const first = named("header", "default", "h1") + named("footer", "default", "f1");
    const second = named("header", "default", "h3") + named("footer", "default", "f2");
    const body = [
      paragraph("One."),
      `<w:p><w:pPr>${section(first)}</w:pPr>${run("End of one.")}</w:p>`,
      paragraph("Two."),
      section(second),
    ].join("");
    const read = await readWord(body, PARTS);
    expect(read.pages.map(({ page, text }) => [page, text])).toEqual([
      [1, "[Header] Draft 4\n\nOne.\n\nEnd of one.\n\n[Footer] Matter 12\n\n"],
      [2, "Two.\n\n[Footer] Signature page"],
    ]);
    expect(regionsOf(read)[0]).toEqual(["header", "Draft 4"]);
  });

  it("of first and even pages stand there where they are shown", async () => {
    const all = named("header", "first", "h2") + named("header", "even", "h3");
    const text = (properties: string, settings = "") =>
      wordText(paragraph("Text.") + section(all + named("header", "default", "h1") + properties), {
        ...PARTS,
        "word/header3.xml": header("Even side"),
        "word/settings.xml": `<w:settings>${settings}</w:settings>`,
      });
    expect(await text("")).toBe("[Header] Draft 4\n\nText.");
    expect(await text("<w:titlePg/>")).toBe("[Header] Privileged\n\n[Header] Draft 4\n\nText.");
    expect(await text("", "<w:evenAndOddHeaders/>")).toBe(
      "[Header] Draft 4\n\n[Header] Even side\n\nText.",
    );
  });

  it("hold the watermark", async () => {
    const mark = `<w:hdr><w:p><w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r></w:p></w:hdr>`;
    const body = paragraph("Text.") + section(named("header", "default", "h1"));
    expect(await wordText(body, { ...PARTS, "word/header1.xml": mark })).toBe(
      "[Header] DRAFT\n\nText.",
    );
  });
});

describe("Comments of a Word document", () => {
  const comment = (id: number, author: string, text: string, last: string) =>
    `<w:comment w:id="${id}" w:author="${author}"><w:p w14:paraId="${last}">${run(text)}</w:p></w:comment>`;
  const about = (id: number, words: string) =>
    `<w:commentRangeStart w:id="${id}"/>${words}<w:commentRangeEnd w:id="${id}"/><w:r><w:commentReference w:id="${id}"/></w:r>`;
  const COMMENTS = `<w:comments>${comment(1, "Ann", "Too low.", "A1")}${comment(2, "Bob", "Agreed.", "B2")}${comment(3, "", "Why?", "C3")}${comment(9, "Eve", "Nowhere.", "E9")}</w:comments>`;
  const EXTENDED = `<w15:commentsEx><w15:commentEx w15:paraId="A1" w15:done="1"/><w15:commentEx w15:paraId="B2" w15:paraIdParent="A1"/></w15:commentsEx>`;
  const others = {
    ...related(["x", "commentsExtended", "commentsExtended.xml"]),
    "word/comments.xml": COMMENTS,
    "word/commentsExtended.xml": EXTENDED,
  };

  it("stand behind the text, with the words that they are about, and replies behind them", async () => {
    const body = [
      within(run("The cap is "), about(1, run("one million")), about(3, run(".")), about(2, "")),
      paragraph("More."),
    ].join("");
    const read = await readWord(body, others);
    expect(read.text.split("\n\n")).toEqual([
      "The cap is one million.",
      "More.",
      "[Resolved comment by Ann on “one million”] Too low.",
      "[Reply by Bob] Agreed.",
      "[Comment on “.”] Why?",
    ]);
    expect(regionsOf(read).map(([kind]) => kind)).toEqual(["comment", "comment", "comment"]);
  });
});

describe("Notes of a Word document", () => {
  const note = (kind: string, id: number, text: string) =>
    `<w:${kind} w:id="${id}"><w:p><w:r><w:${kind}Ref/></w:r>${run(` ${text}`)}</w:p></w:${kind}>`;
  const refer = (kind: string, id: number, more = "") =>
    `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:${kind}Reference w:id="${id}"${more}/></w:r>`;
  const others = {
    "word/footnotes.xml": `<w:footnotes><w:footnote w:type="separator" w:id="0">${paragraph("—")}</w:footnote>${note("footnote", 1, "Ninth note.")}${note("footnote", 2, "Second note.")}<w:footnote w:id="3">${paragraph("* Starred.")}</w:footnote></w:footnotes>`,
    "word/endnotes.xml": `<w:endnotes>${note("endnote", 1, "At the end.")}</w:endnotes>`,
  };

  it("carry the mark that stands in the text", async () => {
    const starred = `<w:r><w:footnoteReference w:customMarkFollows="1" w:id="3"/><w:t>*</w:t></w:r>`;
    const body =
      within(run("A"), refer("footnote", 2), run(" b"), starred, run(" c")) +
      within(run("D"), refer("footnote", 1), run(" e"), refer("endnote", 1), run("."));
    const read = await readWord(body, others);
    expect(read.text.split("\n\n")).toEqual([
      "A¹ b* c",
      "D² eⁱ.",
      "¹ Second note.",
      "* Starred.",
      "² Ninth note.",
      "ⁱ At the end.",
    ]);
    expect(regionsOf(read).slice(0, 2)).toEqual([
      ["note_mark", "¹"],
      ["note_mark", "*"],
    ]);
  });

  it("stand at the end of the page that refers to them, and in the middle of no sentence", async () => {
    const body = [
      within(run("One"), refer("footnote", 2), run(".")),
      within(run("Goes"), refer("footnote", 1), run(" on "), RENDERED, run("here.")),
      within(run("Three."), PAGE),
      paragraph("Four."),
    ].join("");
    const { pages } = await readWord(body, others);
    expect(pages.map(({ page, text }) => [page, text])).toEqual([
      [1, "One¹.\n\n¹ Second note.\n\n² Ninth note.\n\nGoes² on\n"],
      [2, "here.\n\nThree.\n"],
      [3, "Four."],
    ]);
  });

  it("of deleted text go with it, and are not counted", async () => {
    const body = within(
      run("A"),
      `<w:del>${refer("footnote", 1)}</w:del>`,
      run(" b"),
      refer("footnote", 2),
    );
    expect(await wordText(body, others)).toBe(
      "A b¹\n\n¹ Second note.\n\n[Struck out after “A”] Ninth note.",
    );
  });
});
