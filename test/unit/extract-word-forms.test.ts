import { describe, expect, it } from "vitest";
import { mainPart, paragraph, TYPES } from "../fixtures/hostile.ts";
import { deflated, zipOf } from "../fixtures/zip.ts";
import { extract } from "../support/extracted.ts";
import { readWord, regionsOf, related, run, within, wordText } from "../support/word.ts";

const control = (properties: string, content: string) =>
  `<w:sdt><w:sdtPr><w:rPr><w:strike/></w:rPr>${properties}</w:sdtPr><w:sdtContent>${content}</w:sdtContent></w:sdt>`;

const field = (data: string, code: string, result?: string) =>
  `<w:r><w:fldChar w:fldCharType="begin"><w:ffData>${data}</w:ffData></w:fldChar></w:r><w:r><w:instrText>${code}</w:instrText></w:r>${result === undefined ? "" : `<w:r><w:fldChar w:fldCharType="separate"/></w:r>${result}`}<w:r><w:fldChar w:fldCharType="end"/></w:r>`;

describe("Content controls of a Word document", () => {
  const box = (value: number) =>
    control(`<w14:checkbox><w14:checked w14:val="${value}"/></w14:checkbox>`, run("\u2612"));

  it("show what was chosen, ticked or filled in", async () => {
    const body = within(
      box(1),
      run(" yes "),
      box(0),
      run(" no, due "),
      control("<w:date/>", run("1 May")),
      run(" at "),
      control('<w:dropDownList><w:listItem w:value="x"/></w:dropDownList>', run("London")),
      run("."),
      control("", run(" Free.")),
    );
    const read = await readWord(body);
    expect(read.text).toBe("☑ yes ☐ no, due 1 May at London. Free.");
    expect(regionsOf(read)).toEqual([
      ["form_field", "☑"],
      ["form_field", "☐"],
      ["form_field", "1 May"],
      ["form_field", "London"],
    ]);
  });

  it("hold paragraphs too", async () => {
    const body = control("<w:text/>", paragraph("Ann")) + control(BOX, paragraph("☒"));
    expect(await wordText(body)).toBe("Ann\n\n☑");
  });

  it("that are not filled in have no value", async () => {
    const empty = (part: string, prompt: string) =>
      control(`<w:text/><w:showingPlcHdr/><w:placeholder>${part}</w:placeholder>`, run(prompt));
    const body = within(
      run("Name: "),
      empty('<w:docPart w:val="DefaultPlaceholder_1"/>', "Click here."),
      run(", of "),
      empty('<w:docPart w:val="A1B2"/>', "the seller’s address"),
    );
    const read = await readWord(body);
    expect(read.text).toBe("Name: [Not filled in], of [Not filled in: the seller’s address]");
    expect(regionsOf(read)).toEqual([]);
  });
});

const BOX = '<w14:checkbox><w14:checked w14:val="true"/></w14:checkbox>';

describe("Form fields of older Word documents", () => {
  it("show what was chosen, ticked or filled in", async () => {
    const entries = '<w:listEntry w:val="six"/><w:listEntry w:val="twelve"/>';
    const body = within(
      field("<w:checkBox><w:default/></w:checkBox>", "FORMCHECKBOX"),
      field('<w:checkBox><w:default/><w:checked w:val="0"/></w:checkBox>', "FORMCHECKBOX"),
      field("<w:checkBox><w:sizeAuto/></w:checkBox>", "FORMCHECKBOX", ""),
      run(" "),
      field(`<w:ddList><w:result w:val="1"/>${entries}</w:ddList>`, "FORMDROPDOWN", run("six")),
      run(" "),
      field(`<w:ddList>${entries}</w:ddList>`, "FORMDROPDOWN"),
      run(" months for "),
      field("<w:textInput/>", "FORMTEXT", run("Ann")),
      run("."),
    );
    const read = await readWord(body);
    expect(read.text).toBe("☑☐☐ twelve six months for Ann.");
    expect(regionsOf(read).map(([, text]) => text)).toEqual(["☑☐☐", "twelve", "six", "Ann"]);
  });

  it("are shown without what stands in the code of a field", async () => {
    const inner = field("", "MERGEFIELD a", run("hidden"));
    const outer = `<w:r><w:fldChar w:fldCharType="begin"/></w:r>${inner}<w:r><w:fldChar w:fldCharType="separate"/></w:r>${run("shown")}<w:r><w:fldChar w:fldCharType="end"/></w:r>`;
    expect(await wordText(within(outer))).toBe("shown");
  });
});

describe("Symbols of a Word document", () => {
  const symbol = (font: string, char: string) =>
    `<w:r><w:sym w:font="${font}" w:char="${char}"/></w:r>`;

  it("are those of their fonts", async () => {
    const body = within(
      symbol("Wingdings", "F0FE"),
      symbol("Wingdings 2", "F0A3"),
      symbol("wingdings", "00FD"),
      symbol("Webdings", "F061"),
      symbol("Symbol", "F0A3"),
      symbol("Symbol", "F0AE"),
      symbol("Times New Roman", "F0A7"),
      run("\uf0fe", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'),
    );
    expect(await wordText(body)).toBe("☑☐☒✔≤→§☑");
  });

  it("that have no Unicode are counted", async () => {
    const { text, pages } = await readWord(within(symbol("Symbol", "F080"), run("\ue001 a")));
    expect(text).toBe("\ufffd\ufffd a");
    expect(pages[0]?.unreadable).toBe(2);
  });
});

describe("Raised characters of a Word document", () => {
  const raised = (text: string) => run(text, '<w:vertAlign w:val="superscript"/>');

  it("do not change the number before them", async () => {
    const body = [
      within(run("10"), raised("6"), run(" m"), raised("2"), run(" 10"), raised("-"), raised("3")),
      within(run("10"), raised("n+x"), run(" the 1"), raised("st"), run(" word"), raised("1,2")),
      `<w:p><m:oMath><m:sSup><m:e><m:r><m:t>2</m:t></m:r></m:e><m:sup><m:r><m:t>8</m:t></m:r></m:sup></m:sSup><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath></w:p>`,
    ].join("");
    expect(await wordText(body)).toBe("10⁶ m² 10⁻³\n\n10^(n+x) the 1st word1,2\n\n2⁸1/2");
  });
});

describe("Formulas of a Word document", () => {
  const text = (words: string) => `<m:r><w:rPr/><m:t>${words}</m:t></m:r>`;
  const element = (name: string, ...content: string[]) =>
    `<m:${name}>${content.join("")}</m:${name}>`;
  const e = (...content: string[]) => element("e", ...content);

  it.each([
    [
      "x²/(a+1)",
      element(
        "f",
        element("num", element("sSup", e(text("x")), element("sup", text("2")))),
        element("den", text("a+1")),
      ),
    ],
    ["e^x", element("sSup", e(text("e")), element("sup", text("x")))],
    [
      "(1+r)^(-n/12)",
      element("sSup", e(element("d", e(text("1+r")))), element("sup", text("-n/12"))),
    ],
    ["[a|b)", element("d", '<m:dPr><m:begChr m:val="["/></m:dPr>', e(text("a")), e(text("b")))],
    [
      "∑₁^N x₀",
      element(
        "nary",
        '<m:naryPr><m:chr m:val="∑"/></m:naryPr>',
        element("sub", text("1")),
        element("sup", text("N")),
        e(element("sSub", e(text("x")), element("sub", text("0")))),
      ),
    ],
    ["√(a+b)", element("rad", element("deg"), e(text("a+b")))],
    ["log(y)", element("func", element("fName", text("log")), e(element("d", e(text("y")))))],
  ])("are written as %s", async (shown, formula) => {
    const body = within(run("Rate: "), element("oMath", formula), run("."));
    expect(await wordText(body)).toBe(`Rate: ${shown}.`);
  });
});

describe("A Word document is read by the meaning of its names", () => {
  const TEXT = "<p><r><t>Default.</t></r></p>";
  const wordWith = (main: string) => zipOf([TYPES, deflated("word/document.xml", main)]);

  it.each([
    [
      "a default namespace",
      `<document xmlns="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><body>${TEXT}</body></document>`,
    ],
    [
      "other prefixes, and one of its own for something else",
      `<x:document xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w="urn:other"><x:body><w:t>No.</w:t><x:p><x:pPr><x:rPr><x:del/></x:rPr></x:pPr><x:r><x:rPr><x:vanish x:val="0"/></x:rPr><x:t>Default.</x:t></x:r></x:p></x:body></x:document>`,
    ],
    [
      "the strict form",
      `<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>${paragraph("Default.")}</w:body></w:document>`,
    ],
    [
      "a prefix that changes its meaning within",
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:x xmlns:w="urn:other"><w:t>No.</w:t></w:x>${paragraph("Default.")}</w:body></w:document>`,
    ],
  ])("with %s", async (_, main) => {
    expect((await extract(wordWith(main), "a.docx")).text).toBe("Default.");
  });
});

describe("Documents that are embedded in a Word document", () => {
  const PARTS = related(
    ["a", "aFChunk", "a.html"],
    ["b", "aFChunk", "b.docx"],
    ["c", "aFChunk", "c.rtf"],
  );
  const around = (id: string) =>
    paragraph("Before.") + `<w:altChunk r:id="${id}"/>` + paragraph("After.");

  it("are read in their place", async () => {
    const html = "<h1>Schedule</h1><p>Clause <s>old</s> text.</p>";
    const read = await readWord(around("a"), { ...PARTS, "word/a.html": html });
    expect(read.text).toMatch(/^Before\.\n\nSchedule\n\nClause .*text\..*\n\nAfter\./s);
    expect(read.headings).toEqual([{ text: "Schedule", level: 1 }]);
  });

  it("are said where they are not read", async () => {
    const said = "Before.\n\n[Embedded document that was not read]\n\nAfter.";
    expect(await wordText(around("c"), { ...PARTS, "word/c.rtf": "{\\rtf1 x}" })).toBe(said);
    expect(await wordText(around("z"), PARTS)).toBe(said);
  });

  it("may be Word documents, whose own are not read", async () => {
    const inner = mainPart("Inner.").replace("</w:body>", '<w:altChunk r:id="b"/></w:body>');
    const bytes = zipOf([TYPES, deflated("word/document.xml", inner)]);
    const outer = zipOf([
      TYPES,
      deflated(
        "word/document.xml",
        mainPart("Outer.").replace("</w:body>", '<w:altChunk r:id="b"/></w:body>'),
      ),
      deflated("word/_rels/document.xml.rels", PARTS["word/_rels/document.xml.rels"]),
      { name: "word/b.docx", data: bytes, method: 0 },
    ]);
    expect((await extract(outer, "a.docx")).text).toBe(
      "Outer.\n\nInner.\n\n[Embedded document that was not read]",
    );
  });
});
