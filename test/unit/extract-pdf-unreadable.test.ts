import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { makePdf, paintPixel } from "../fixtures/documents.ts";
import { pagePdf, type PdfObject } from "../fixtures/raw-pdf.ts";
import { extract } from "../support/extracted.ts";

const packed = (text: string) => new Uint8Array(deflateSync(text));

const DESCRIPTOR =
  "<< /Type /FontDescriptor /FontName /ABCDEF+Sans /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /FontFile2 9 0 R >>";
const SYSTEM = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>";

/** Fonts 6 of glyph codes, without a table that tells the characters, and what else. */
const codedFont = (more = "", descendant = ""): PdfObject[] => [
  `<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Sans /Encoding /Identity-H /DescendantFonts [7 0 R] ${more} >>`,
  `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Sans ${SYSTEM} /FontDescriptor 8 0 R ${descendant} >>`,
  DESCRIPTOR,
  { dictionary: "/Length1 12", stream: new Uint8Array(12) },
];

const hexOf = (text: string, shift: number) =>
  Array.from(text, (char) =>
    ((char.codePointAt(0) ?? 0) + shift).toString(16).padStart(4, "0"),
  ).join("");

function shown(content: string, objects: PdfObject[]) {
  const page = "/Resources << /Font << /F1 4 0 R /F2 6 0 R >> >>";
  return extract(pagePdf(packed(content), { page, objects }), "a.pdf");
}

const FFFD = "\u{fffd}";

describe("Characters of a PDF that have no Unicode", () => {
  it("are counted, and shown as such: a font whose codes are glyphs", async () => {
    const codes = hexOf("Rent is due.", -29);
    const content = `BT /F1 12 Tf 72 700 Td (Clause 1) Tj /F2 12 Tf 0 -20 Td <${codes}> Tj ET`;
    const { text, pages } = await shown(content, codedFont());
    expect(text.split(/\n+/)).toEqual(["Clause 1", FFFD.repeat(12), ""]);
    expect(pages[0]?.unreadable).toBe(12);
  });

  it("are all there is where every font is of glyphs", async () => {
    const page = "/Resources << /Font << /F2 6 0 R >> >>";
    const stream = packed(`BT /F2 12 Tf 72 700 Td <${hexOf("LEASE", -29)}> Tj ET`);
    const { text, pages } = await extract(pagePdf(stream, { page, objects: codedFont() }), "a.pdf");
    expect([text, pages[0]?.unreadable]).toEqual([`${FFFD.repeat(5)}\n`, 5]);
  });

  it("are not those whose codes are the characters themselves", async () => {
    const codes = hexOf("Miete ist fällig.", 0);
    const content = `BT /F2 12 Tf 72 700 Td <${codes}> Tj ET`;
    const map: PdfObject = { dictionary: "", stream: new Uint8Array(2) };
    const { text, pages } = await shown(content, [...codedFont("", "/CIDToGIDMap 10 0 R"), map]);
    expect([text, pages[0]?.unreadable]).toEqual(["Miete ist fällig.\n", 0]);
  });

  it("are not those of a font that is known by its name", async () => {
    const [composite = "", descendant = ""] = codedFont().map((object) =>
      typeof object === "string" ? object.replaceAll("ABCDEF+Sans", "Arial") : "",
    );
    const content = `BT /F2 12 Tf 72 700 Td <${hexOf("LEASE", -29)}> Tj ET`;
    const { text, pages } = await shown(content, [
      composite,
      descendant,
      "<< /Type /FontDescriptor /FontName /Arial /Flags 4 /Ascent 880 /Descent -120 >>",
    ]);
    expect([text, pages[0]?.unreadable]).toEqual(["LEASE\n", 0]);
  });

  it("are told from those for private use that are known: bullets, old digits, small capitals", async () => {
    const mapping = (to: string) =>
      `/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <${to}> <0002> <0041> endbfchar endcmap end`;
    const read = async (to: string) => {
      const unicode: PdfObject = { dictionary: "", stream: new TextEncoder().encode(mapping(to)) };
      const content = "BT /F2 12 Tf 72 700 Td <00010002> Tj ET";
      const { text, pages } = await shown(content, [...codedFont("/ToUnicode 10 0 R"), unicode]);
      return [text, pages[0]?.unreadable];
    };
    expect(await read("f0b7")).toEqual(["•A\n", 0]);
    expect(await read("f735")).toEqual(["5A\n", 0]);
    expect(await read("f76b")).toEqual(["KA\n", 0]);
    expect(await read("f0c3")).toEqual([`${FFFD}A\n`, 1]);
  });
});

describe("A page of a PDF without text", () => {
  it("is scanned where it shows pictures or outlines of letters, and else is blank", async () => {
    const pdf = await makePdf((document) => {
      document.text("The lease begins.");
      document.addPage();
      document.addPage().rect(72, 72, 200, 20).stroke();
      paintPixel(document.addPage());
      document.addPage();
      for (let letter = 0; letter < 300; letter++) document.rect(72, letter, 4, 4).fill();
    });
    const { pages } = await extract(pdf, "a.pdf");
    expect(pages.map(({ isScanned }) => isScanned)).toEqual([false, false, false, true, true]);
  });

  it("is scanned where its picture is within a form, or in its content", async () => {
    const read = async (content: string, objects: PdfObject[]) => {
      const page = "/Resources << /XObject << /X 6 0 R >> >>";
      const annotation =
        "<< /Type /Annot /Subtype /FreeText /Rect [9 9 99 99] /Contents (Typed.) >>";
      const bytes = pagePdf(packed(content), { page: `${page} /Annots [${annotation}]`, objects });
      return (await extract(bytes, "a.pdf")).pages[0]?.isScanned;
    };
    const picture: PdfObject = {
      dictionary: "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray",
      stream: new Uint8Array(1),
    };
    const form = (text: string): PdfObject => ({
      dictionary: "/Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /P 7 0 R >> >>",
      stream: new TextEncoder().encode(text),
    });
    expect(await read("/X Do", [form("/P Do"), picture])).toBe(true);
    expect(await read("/X Do", [form("q Q"), picture])).toBe(false);
    expect(await read("BI /W 1 /H 1 /BPC 8 /CS /G ID x EI", [])).toBe(true);
    expect(await read("", [])).toBe(false);
  });
});
