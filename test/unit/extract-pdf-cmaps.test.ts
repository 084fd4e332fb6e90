import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cjkPdf } from "../fixtures/cjk-pdf.ts";
import { sourceOf } from "../fixtures/documents.ts";
import { pagePdf } from "../fixtures/raw-pdf.ts";
import { extractDocument } from "../../src/features/files/extract/extract.ts";
import { extract } from "../support/extracted.ts";

describe("A PDF whose fonts are not embedded and name a CMap", () => {
  it.each([
    ["GBK-EUC-H", "GB1", "d7e2c1deb5dab6feccf5", "租赁第二条"],
    ["UniCNS-UCS2-H", "CNS1", "79df8cc391d1", "租賃金"],
    ["90ms-RKSJ-H", "Japan1", "92c091dd8ed88c5f96f1", "賃貸借契約"],
    ["KSCms-UHC-H", "Korea1", "c0d3b4eb", "임대"],
    ["UniJIS-UTF16-V", "Japan1", "8cc38cb8", "賃貸"],
  ])("is read by it: %s", async (encoding, ordering, codes, text) => {
    const pdf = cjkPdf({ encoding, ordering, codes });
    expect((await extract(pdf, "a.pdf")).text.replaceAll("\n", "")).toBe(text);
  });

  it("is read where the font has no name either", async () => {
    const objects = [
      "<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /H /DescendantFonts [<< /Type/Font /Subtype /CIDFontType0 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 1 >> >>] >>",
    ];
    const stream = new Uint8Array(deflateSync("BT /F2 24 Tf 72 700 Td <24222424> Tj ET"));
    const pdf = pagePdf(stream, { page: "/Resources << /Font << /F2 6 0 R >> >>", objects });
    expect((await extract(pdf, "a.pdf")).text).toBe("あい\n");
  });

  it("fails for a retry where the CMap is out of reach", async () => {
    const pdf = cjkPdf({ encoding: "GBK-EUC-H", ordering: "GB1", codes: "d7e2" });
    const readCMap = () => Promise.reject(new TypeError("connection lost"));
    const window = { fromPage: 1, pages: 1, readCMap };
    const read = async () => {
      for await (const _ of (await extractDocument("pdf", sourceOf(pdf), window)).pages);
    };
    await expect(read()).rejects.toThrow(TypeError);
  });
});
