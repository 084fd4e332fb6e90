import { describe, expect, it } from "vitest";
import { paragraph } from "../fixtures/hostile.ts";
import { NUMBER_CASES, wordOfCase } from "../fixtures/word-numbers/cases.ts";
import shown from "../fixtures/word-numbers/shown.json" with { type: "json" };
import { extract } from "../support/extracted.ts";
import { readWord, run, within, wordText } from "../support/word.ts";

const SHOWN: Record<string, string[]> = shown;

/** Where LibreOffice is not Word: what Word shows by its specification (ECMA-376 part 1, section 17.9). */
const OTHERWISE: Record<string, string[]> = {
  "legal numbering writes all levels in digits": [
    "Article I p0",
    "1.1 p1",
    "1.2 p2",
    "I.2(a) p3",
    "Article II p4",
    "2.1 p5",
  ],
  "lists of one scheme go on, and begin anew where they say so": [
    "1. p0",
    "1.1 p1",
    "2. p2",
    "1. p3",
    "1.1 p4",
    "2. p5",
    "7. p6",
    "7.4 p7",
    "7.5 p8",
    "8. p9",
    "8.4 p10",
  ],
  ideographDigital: ["一) p0", "二) p1", "九) p2", "一〇) p3", "一〇) p4", "一一) p5"],
  japaneseCounting: [
    "一) p0",
    "二) p1",
    "十) p2",
    "十一) p3",
    "二十) p4",
    "二十一) p5",
    "百) p6",
    "百一) p7",
  ],
  "what stands between number and text": ["1. p0", "§1:p1"],
  numberInDash: ["- 1 -) p0", "- 2 -) p1"],
  hex: ["9) p0", "A) p1", "F) p2", "10) p3"],
  hindiNumbers: ["१) p0", "२) p1"],
};

describe("The numbers of clauses are those that LibreOffice shows", () => {
  it.each(NUMBER_CASES.map((each) => [each.name, each] as const))("for %s", async (name, each) => {
    const { text } = await extract(wordOfCase(each), "a.docx");
    expect(text.split("\n\n")).toEqual(OTHERWISE[name] ?? SHOWN[name]);
  });
});

describe("The numbers of a Word document's clauses", () => {
  const level = (place: number, format: string, text: string, more = "") =>
    `<w:lvl w:ilvl="${place}"><w:start w:val="1"/><w:numFmt w:val="${format}"/>${more}<w:lvlText w:val="${text}"/></w:lvl>`;
  const NUMBERING = `<w:numbering><w:abstractNum w:abstractNumId="7">
    ${level(0, "decimal", "%1.", '<w:pStyle w:val="Clause"/>')}${level(1, "decimal", "%1.%2")}${level(2, "lowerLetter", "(%3)")}${level(3, "lowerRoman", "(%4)")}
    </w:abstractNum><w:abstractNum w:abstractNumId="8">${level(0, "bullet", "\uf0b7", '<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>')}</w:abstractNum>
    <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
    <w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
    <w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num></w:numbering>`;
  const STYLES = `<w:styles><w:style w:styleId="Clause"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>`;
  const OTHERS = { "word/numbering.xml": NUMBERING, "word/styles.xml": STYLES };
  const numbered = (text: string, list: number, place = 0) =>
    paragraph(text, `<w:numPr><w:ilvl w:val="${place}"/><w:numId w:val="${list}"/></w:numPr>`);

  it("stand in its text as Word shows them", async () => {
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
    const { text, headings } = await readWord(body, OTHERS);
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

describe("The numbers of clauses", () => {
  const numbering = (
    levels: string,
    nums = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
  ) => ({
    "word/numbering.xml": `<w:numbering><w:abstractNum w:abstractNumId="0">${levels}</w:abstractNum>${nums}</w:numbering>`,
  });
  const level = (place: number, format: string, text: string, more = "") =>
    `<w:lvl w:ilvl="${place}"><w:start w:val="1"/>${format}<w:lvlText w:val="${text}"/>${more}</w:lvl>`;
  const format = (name: string) => `<w:numFmt w:val="${name}"/>`;
  const item = (text: string, place = 0, mark = "") =>
    paragraph(text, `<w:numPr><w:ilvl w:val="${place}"/><w:numId w:val="1"/></w:numPr>${mark}`);

  it("of a level that never begins anew go on, and others begin anew only below the level that they name", async () => {
    const levels = [
      level(0, format("decimal"), "%1."),
      level(1, format("decimal"), "%2)", '<w:lvlRestart w:val="0"/>'),
      level(2, format("lowerLetter"), "(%3)", '<w:lvlRestart w:val="1"/>'),
    ].join("");
    const body = [0, 1, 2, 1, 2, 0, 1, 2].map((place) => item("x", place)).join("");
    expect((await wordText(body, numbering(levels))).split("\n\n")).toEqual(
      ["1.", "1)", "(a)", "2)", "(b)", "2.", "3)", "(a)"].map((number) => `${number} x`),
    );
  });

  it("do not count paragraphs that a reviewer deleted, and stand before what is joined with one", async () => {
    const deleted = "<w:rPr><w:del/></w:rPr>";
    const body = item("One") + item("Joined ", 0, deleted) + item("two") + item("Three");
    expect(await wordText(body, numbering(level(0, format("decimal"), "%1.")))).toBe(
      "1. One\n\n2. Joined two\n\n3. Three",
    );
  });

  it("of a format of its own have its zeros", async () => {
    const custom = `<mc:AlternateContent><mc:Choice><w:numFmt w:val="custom" w:format="001, 002, 003"/></mc:Choice><mc:Fallback>${format("decimal")}</mc:Fallback></mc:AlternateContent>`;
    expect(await wordText(item("x"), numbering(level(0, custom, "%1.")))).toBe("001. x");
  });

  it("in words are English, and digits in a text of another language", async () => {
    const levels = level(0, format("ordinalText"), "%1:");
    const language = (name: string) => `<w:rPr><w:lang w:val="${name}"/></w:rPr>`;
    const body = item("x", 0, language("en-GB")) + item("x", 0, language("es-ES")) + item("x");
    const styles = `<w:styles><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>`;
    expect(await wordText(body, { ...numbering(levels), "word/styles.xml": styles })).toBe(
      "First: x\n\n2º: x\n\n3.: x",
    );
  });

  it("and signs of lists are those of their fonts", async () => {
    const bullet = (sign: string, font: string) =>
      level(0, format("bullet"), sign, `<w:rPr><w:rFonts w:ascii="${font}"/></w:rPr>`);
    const sign = async (text: string, font: string) =>
      wordText(item("x"), numbering(bullet(text, font)));
    expect(await sign("\uf0b7", "Symbol")).toBe("• x");
    expect(await sign("\uf0a8", "Wingdings")).toBe("☐ x");
    expect(await sign("o", "Courier New")).toBe("◦ x");
    expect(await sign("–", "Calibri")).toBe("– x");
    expect(await sign("\uf0b7", "Unknown")).toBe("• x");
  });

  it("of a heading that runs into its text stand in one line with it", async () => {
    const separator = "<w:rPr><w:vanish/><w:specVanish/></w:rPr>";
    const body = item("Term.", 0, separator) + within(run("It ends in May."));
    expect(await wordText(body, numbering(level(0, format("decimal"), "%1.")))).toBe(
      "1. Term. It ends in May.",
    );
  });
});
