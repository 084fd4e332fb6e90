import { describe, expect, it } from "vitest";
import { paragraph } from "../fixtures/hostile.ts";
import { readWord, run, within } from "../support/word.ts";

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
    const { pages } = await readWord(body);
    expect(pages.map(({ page, text }) => [page, text])).toEqual([
      [1, "one\n\n"],
      [2, "two\n\nstill two\n"],
      [3, "three\n\n"],
      [4, "four"],
    ]);
  });

  const pagesOf = async (body: string, others?: Record<string, string>) =>
    (await readWord(body, others)).pages.map(({ page, text }) => [page, text.trim()]);
  const section = (type: string) => `<w:sectPr><w:type w:val="${type}"/></w:sectPr>`;
  const ending = (text: string, type: string) =>
    `<w:p><w:pPr>${section(type)}</w:pPr>${run(text)}</w:p>`;

  it("are those that sections begin, each by its own type", async () => {
    const body = [
      ending("one", "nextPage"),
      ending("still one", "continuous"),
      ending("two", "nextPage"),
      ending("three", "oddPage"),
      ending("five", "oddPage"),
      paragraph("six"),
      section("evenPage"),
    ].join("");
    expect(await pagesOf(body)).toEqual([
      [1, "one\n\nstill one"],
      [2, "two"],
      [3, "three"],
      [4, ""],
      [5, "five"],
      [6, "six"],
    ]);
  });

  it("are counted once where a section, a break and its program begin one, and cells of a row go on", async () => {
    const cell = (text: string) => `<w:tc>${within(run(text), RENDERED, run("rest"))}</w:tc>`;
    const body = [
      `<w:p><w:pPr>${section("nextPage")}</w:pPr>${run("one")}${PAGE}</w:p>`,
      within(RENDERED, run("two")),
      `<w:tbl><w:tr>${cell("a ")}${cell("b ")}</w:tr></w:tbl>`,
      section("nextPage"),
    ].join("");
    expect(await pagesOf(body)).toEqual([
      [1, "one"],
      [2, "two\n\na"],
      [3, "rest\tb rest"],
    ]);
  });

  it("are not known where it does not say", async () => {
    expect(await pagesOf(paragraph("Text."))).toEqual([[null, "Text."]]);
    const continuous = ending("one", "nextPage") + paragraph("two") + section("continuous");
    expect(await pagesOf(continuous)).toEqual([[null, "one\n\ntwo"]]);
  });

  it("are not known where a break of its author cannot be the only one", async () => {
    const [first] = await pagesOf(
      paragraph("Long. ".repeat(4_000)) + within(PAGE) + paragraph("x"),
    );
    expect(first?.[0]).toBe(null);
  });

  it("are one where the program that saved it counted one, and counted this text", async () => {
    const properties = (characters: number) => ({
      "_rels/.rels": `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/><Relationship Id="b" Type="x/extended-properties" Target="docProps/app.xml"/></Relationships>`,
      "docProps/app.xml": `<Properties><Pages>1</Pages><Characters>${characters}</Characters></Properties>`,
    });
    const text = "Word ".repeat(100);
    expect(await pagesOf(paragraph(text), properties(400))).toEqual([[1, text.trim()]]);
    expect(await pagesOf(paragraph(text), properties(0))).toEqual([[null, text.trim()]]);
  });

  it("begin where a style says so, but not before the first paragraph", async () => {
    const styles = `<w:styles><w:style w:type="paragraph" w:styleId="Part"><w:pPr><w:pageBreakBefore/></w:pPr></w:style></w:styles>`;
    const part = (text: string) => paragraph(text, '<w:pStyle w:val="Part"/>');
    expect(await pagesOf(part("one") + part("two"), { "word/styles.xml": styles })).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
  });
});
