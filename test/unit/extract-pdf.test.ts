import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PageWriter } from "../../src/features/files/extract/pages.ts";
import { PdfLines } from "../../src/features/files/extract/pdf-lines.ts";
import * as documents from "../fixtures/documents.ts";
import { encryptedPdf, pageObjects, pagePdf, pagesPdf } from "../fixtures/raw-pdf.ts";
import { extract } from "../support/extracted.ts";

const expectRefusal = async (bytes: Uint8Array, code: string) =>
  expect(extract(bytes, "a.pdf")).rejects.toMatchObject({ code });

describe("A PDF read in page windows", () => {
  it("is the same as in one pass, and only its last page is marked as the last", async () => {
    const bytes = await documents.longPdf(25);
    const whole = await extract(bytes, "a.pdf");
    const windows = [];
    for (const fromPage of [1, 11, 21]) {
      windows.push(await extract(bytes, "a.pdf", { fromPage, pages: 10, textBefore: 1 }));
    }
    expect(windows.flatMap(({ pages }) => pages)).toEqual(whole.pages);
    expect(windows.map(({ pageCount }) => pageCount)).toEqual([25, 25, 25]);
    expect(whole.pages.map(({ isLast }) => isLast).indexOf(true)).toBe(24);
    for (const { page, text } of whole.pages) {
      expect(text).toContain(documents.pageSentence(page ?? 0));
    }
  });

  it("counts the text of the previous windows", async () => {
    const bytes = await documents.contractPdf();
    const window = { fromPage: 2, pages: 1, textBefore: 4_999_990 };
    await expect(extract(bytes, "a.pdf", window)).rejects.toMatchObject({ code: "too_much_text" });
  });

  it("needs OCR only where no window had text", async () => {
    const scan = await documents.scannedPdf(3);
    const first = await extract(scan, "a.pdf", { pages: 2 });
    expect(first.pages.map(({ text, isScanned, isLast }) => [text, isScanned, isLast])).toEqual([
      ["", true, false],
      ["", true, false],
    ]);
    const last = { fromPage: 3, pages: 2 };
    expect((await extract(scan, "a.pdf", { ...last, textBefore: 5 })).text).toBe("");
    await expect(extract(scan, "a.pdf", last)).rejects.toMatchObject({ code: "needs_ocr" });
  });
});

it("A PDF that counts its pages in a packed table is not opened either", async () => {
  const packed = deflateSync("9 0 << /Type /Pages /Count 50000 >>");
  const table = {
    dictionary: "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode",
    stream: new Uint8Array(packed),
  };
  const page = new Uint8Array(deflateSync("BT /F1 9 Tf 9 9 Td (Seen.) Tj ET"));
  expect((await extract(pagePdf(page), "a.pdf")).text).toBe("Seen.\n");
  await expectRefusal(pagePdf(page, { objects: [table] }), "too_many_pages");
});

describe("A stream of a PDF is measured by what it inflates to", () => {
  const text = Buffer.from(`BT /F1 12 Tf 72 700 Td (Rent is due.) Tj ET ${"q Q ".repeat(200_000)}`);

  it.each([
    ["packed once", deflateSync(text), "/FlateDecode", []],
    ["packed twice", deflateSync(deflateSync(text)), "[/FlateDecode /FlateDecode]", []],
    [
      "packed, written as text, and packed",
      deflateSync(Buffer.from(`${deflateSync(text).toString("hex")}>`)),
      "[/FlateDecode /ASCIIHexDecode /FlateDecode]",
      [],
    ],
    ["packed as another object says", deflateSync(text), "6 0 R", ["/FlateDecode"]],
    ["packed as another object lists", deflateSync(text), "6 0 R", ["[/FlateDecode]"]],
  ])("%s", async (_, stream, filter, objects) => {
    const pdf = pagePdf(new Uint8Array(stream), { filter, objects });
    expect((await extract(pdf, "a.pdf")).text).toBe("Rent is due.\n");
  });

  it("and a table of numbers is no bomb", async () => {
    const rows = Array.from({ length: 1_000 }, (_, row) => `${row * 200}.01   ${row * 2 + 1}`);
    const shown = rows.map((row) => `(${row}) Tj 0 -12 Td`).join(" ");
    const pdf = pagePdf(new Uint8Array(deflateSync(`BT /F1 9 Tf 72 12200 Td ${shown} ET`)), {
      page: "/Resources << /Font << /F1 4 0 R >> >> /MediaBox [0 0 600 12500]",
    });
    expect((await extract(pdf, "a.pdf")).text).toContain("199800.01");
  });
});

describe("A PDF that cannot be read", () => {
  it("reports a password", async () => expectRefusal(await documents.encryptedPdf(), "encrypted"));

  it("reports that it was cut off", async () => {
    const whole = await documents.contractPdf();
    for (const share of [0.3, 0.5, 0.9, 0.99]) {
      await expectRefusal(whole.slice(0, whole.byteLength * share), "damaged");
    }
  });

  it("reports that only its first line is that of a PDF", async () =>
    expectRefusal(documents.bytesOf(`%PDF-1.7\n${"nothing ".repeat(99)}\n%%EOF`), "damaged"));

  it("reports that it has more than 2,000 pages", async () => {
    await expectRefusal(pagesPdf(2_001), "too_many_pages");
  });

  it("is read where it has fewer pages than it declares", async () => {
    const { pages, text } = await extract(pagesPdf(1, { claimed: 1_000 }), "a.pdf");
    expect(pages).toHaveLength(1);
    expect(text).toBe("One page.\n");
  });

  it("reports that it has more than 25 MiB", async () => {
    const bytes = new Uint8Array(25 * 1024 * 1024 + 1);
    bytes.set(await documents.contractPdf());
    await expectRefusal(bytes, "too_large");
  });
});

it("A PDF with a password for changes alone is read", async () => {
  const bytes = await documents.contractPdf({ ownerPassword: "owner" });
  expect((await extract(bytes, "a.pdf")).text).toContain("Tidewater Orchards");
});

it("Endless painting is refused, though it has no words", () => {
  const lines = new PdfLines(new PageWriter({ page: 1, textBefore: 0 }), {
    fromPage: 1,
    lastPage: 1,
  });
  const blank = { str: " ", transform: [9, 0, 0, 9, 0, 0], width: 0, height: 0 };
  const painted = () => lines.add(Array.from({ length: 300_001 }, () => blank));
  expect(painted).toThrow(expect.objectContaining({ code: "too_much_text" }));
});

/** Incompressible bytes, the same in each run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

describe("A PDF that is encrypted, and opens without a password", () => {
  const text = deflateSync("BT /F1 12 Tf 72 700 Td (Rent is due.) Tj ET");
  const bomb = deflateSync(Buffer.alloc(60_000_000, "q Q "));
  const font = deflateSync(noise(60_000));

  it("is read as any other", async () => {
    const { pages } = await extract(encryptedPdf(pageObjects(text)), "a.pdf");
    expect(pages.map((page) => page.text).join("")).toContain("Rent is due.");
  });

  it("is read without its large images, fonts, profiles and attachments, which could be anything", async () => {
    const large = [
      { dictionary: "/Subtype /Image /Filter /FlateDecode", stream: bomb },
      { dictionary: "/Length1 60000 /Filter /FlateDecode", stream: font },
      { dictionary: "/Subtype /Type1C /Filter /FlateDecode", stream: font },
      { dictionary: "/Type /EmbeddedFile /Filter /FlateDecode", stream: bomb },
      { dictionary: "/Type /Metadata /Subtype /XML /Filter /FlateDecode", stream: bomb },
      { dictionary: "/N 3 /Alternate /DeviceRGB /Filter /FlateDecode", stream: font },
    ];
    const { pages } = await extract(encryptedPdf(pageObjects(text, { objects: large })), "a.pdf");
    expect(pages.map((page) => page.text).join("")).toContain("Rent is due.");
  });

  it.each([
    ["is the content of a page", pageObjects(bomb)],
    [
      "is nothing that a page needs",
      pageObjects(text, { objects: [{ dictionary: "/Filter /FlateDecode", stream: bomb }] }),
    ],
    [
      "is in several streams",
      pageObjects(text, {
        page: "/Contents [6 0 R 7 0 R]",
        objects: Array.from({ length: 2 }, () => ({
          dictionary: "/Filter /FlateDecode",
          stream: deflateSync(Buffer.alloc(14_000_000, "q Q ")),
        })),
      }),
    ],
  ])("is refused where a stream that may be too large %s", async (_, objects) => {
    await expectRefusal(encryptedPdf(objects), "encrypted");
  });

  it("is refused where its dictionary says so by an escaped name", async () => {
    const bytes = Buffer.from(encryptedPdf(pageObjects(bomb)));
    const at = bytes.indexOf("/Encrypt ");
    const escaped = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from("/#45ncrypt "),
      bytes.subarray(at + 9),
    ]);
    await expectRefusal(new Uint8Array(escaped), "encrypted");
  });

  it("reports that it is protected where there is a password", async () => {
    await expectRefusal(encryptedPdf(pageObjects(text), "secret"), "encrypted");
  });
});
