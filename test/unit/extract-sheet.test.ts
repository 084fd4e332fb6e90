import { describe, expect, it } from "vitest";
import type { ExtractedPage } from "../../src/features/files/extract/extract.ts";
import { sheetOf, textRows } from "../fixtures/sheet.ts";
import { extract } from "../support/extracted.ts";

const regionsIn = (pages: ExtractedPage[]) =>
  pages.flatMap(({ text, regions }) =>
    regions.map(({ start, end, kind }) => [kind, Array.from(text).slice(start, end).join("")]),
  );

const STYLES = `<numFmts><numFmt numFmtId="164" formatCode="&quot;€&quot;#,##0.00"/><numFmt numFmtId="165" formatCode="d mmmm yyyy"/></numFmts>
  <fonts><font/><font><strike/></font></fonts>
  <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
  <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="10"/><xf numFmtId="0" fontId="1"/><xf numFmtId="14"/></cellXfs>`;

describe("A spreadsheet", () => {
  it("is read sheet by sheet and row by row, with its values as they are shown", async () => {
    const rows =
      '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="str"><v>Due date</v></c></row>' +
      '<row><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>3000.5</v></c><c r="C2" s="2"><v>46538</v></c></row>' +
      '<row><c r="B4" s="3"><v>0.125</v></c><c r="D4" t="b"><v>1</v></c><c r="E4"><f>SUM(B2)</f></c><c r="F4" t="e"><v>#REF!</v></c></row><row/>';
    const file = sheetOf({
      sheets: [
        { name: "Rent &amp; costs", rows },
        { name: "Old", state: "hidden", rows: textRows([["Only one"]]) },
      ],
      strings:
        "<si><t>Party</t></si><si><r><t>Re</t></r><r><rPr><b/></rPr><t>nt</t></r><rPh><t>x</t></rPh></si><si><t>Tenant\nLtd</t></si>",
      styles: STYLES,
    });
    const { kind, text, headings } = await extract(file, "a.xlsx");
    expect(kind).toBe("xlsx");
    expect(text).toBe(
      "Rent & costs\nParty\tRent\tDue date\nTenant Ltd\t€3,000.50\t31 May 2027\n\t12.50%\t\tTRUE\t=SUM(B2)\t#REF!\n\nOld (hidden sheet)\nOnly one",
    );
    expect(headings).toEqual([
      { text: "Rent & costs", level: 1 },
      { text: "Party\tRent\tDue date", level: 2 },
      { text: "Old", level: 1 },
    ]);
  });

  it("keeps struck-out words and comments apart", async () => {
    const rows = '<row><c r="A1" t="s"><v>0</v></c><c r="B1" s="4" t="str"><v>gone</v></c></row>';
    const file = sheetOf({
      sheets: [
        {
          name: "A",
          rows,
          comments:
            '<authors><author>Ada</author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>Why</t></r><r><t> six?</t></r></text></comment></commentList>',
        },
      ],
      strings:
        '<si><r><t>Term </t></r><r><rPr><strike/></rPr><t>six</t></r><r><rPr><strike val="0"/></rPr><t> seven</t></r></si>',
      styles: STYLES,
    });
    const { text, pages } = await extract(file, "a.xlsx");
    expect(text).toBe(
      "A\nTerm seven\n[Comment by Ada on “A1”] Why six?\n\n[Struck out after “Term”] six\n[Struck out after “Term seven”] gone",
    );
    expect(regionsIn(pages)).toEqual([
      ["comment", "Why six?"],
      ["struck_out", "six"],
      ["struck_out", "gone"],
    ]);
  });

  it("counts its dates from 1904 where it says so", async () => {
    const rows = '<row><c s="5"><v>45076</v></c></row>';
    const workbook = '<workbookPr date1904="1"/>';
    const file = sheetOf({ sheets: [{ name: "A", rows }], styles: STYLES, workbook });
    expect((await extract(file, "a.xlsx")).text).toBe("A\n2027-05-31");
  });

  it("with any prefix of its namespace is the same", async () => {
    const rows = '<x:row><x:c t="inlineStr"><x:is><x:t>Seen</x:t></x:is></x:c></x:row>';
    expect((await extract(sheetOf({ sheets: [{ name: "A", rows }] }), "a")).text).toBe("A\nSeen");
  });

  it("shows few of the cells between two that are far apart", async () => {
    const rows = '<row><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>';
    const { text } = await extract(sheetOf({ sheets: [{ name: "A", rows }] }), "a.xlsx");
    expect(text).toBe(`A\n1${"\t".repeat(20)}2`);
  });

  it("that inflates to more than there is room for is refused", async () => {
    const rows = textRows([["a"]]) + " ".repeat(101_000_000);
    const file = sheetOf({ sheets: [{ name: "A", rows }] });
    await expect(extract(file, "a.xlsx")).rejects.toMatchObject({ code: "too_large" });
  });
});
