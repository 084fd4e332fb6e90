import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesOf, makePdf } from "../fixtures/documents.ts";
import { pagePdf, packedPdf, pageObjects, type PdfObject } from "../fixtures/raw-pdf.ts";
import { extract, type Extracted } from "../support/extracted.ts";

/** A page with a heading and these annotations; the first of the other objects is number 6. */
function annotatedPdf(
  annotations: string,
  objects: PdfObject[] = [],
  text = "The form.",
): Uint8Array {
  const content = deflateSync(text === "" ? "" : `BT /F1 12 Tf 72 720 Td (${text}) Tj ET`);
  const page = `/Resources << /Font << /F1 4 0 R >> >> /Annots [${annotations}]`;
  return pagePdf(new Uint8Array(content), { page, objects });
}

const box = (y: number) => `/Rect [72 ${y} 300 ${y + 16}]`;

/** The stretches that are not running text, each with what it is. */
function regionsOf({ pages }: Extracted): [string, string][] {
  return pages.flatMap(({ text, regions }) => {
    const points = Array.from(text);
    return regions.map(({ kind, start, end }): [string, string] => [
      kind,
      points.slice(start, end).join(""),
    ]);
  });
}

const read = (bytes: Uint8Array) => extract(bytes, "form.pdf");

const field = (type: string, name: string, more: string, y: number) =>
  `<< /Type /Annot /Subtype /Widget /FT /${type} /T (${name}) ${more} ${box(y)} >>`;

describe("The fields of a PDF form", () => {
  it("are read with their values, in the place where they stand", async () => {
    const form = await read(
      annotatedPdf(
        [
          field("Tx", "name", "/V (Maria Okonkwo)", 690),
          field("Tx", "rent", "/V (1450) /MaxLen 8 /Ff 16777216", 670),
          field("Tx", "notes", "/V (First line\\rSecond line) /Ff 4096", 640),
          field(
            "Ch",
            "term",
            "/Ff 131072 /V (12) /Opt [[(6) (six months)] [(12) (twelve months)]]",
            620,
          ),
          field("Ch", "pets", "/V [(a) (b)] /Ff 2097152 /Opt [(a) (b) (c)]", 600),
        ].join(" "),
      ),
    );
    expect(regionsOf(form)).toEqual([
      ["form_field", "Maria Okonkwo"],
      ["form_field", "1450"],
      ["form_field", "First line"],
      ["form_field", "Second line"],
      ["form_field", "twelve months"],
      ["form_field", "a, b"],
    ]);
    expect(form.text).toContain("The form.");
  });

  it("are ticked or not", async () => {
    const states = (as: string) => `/AS /${as} /AP << /N << /Yes 6 0 R /Off 6 0 R >> >>`;
    const empty: PdfObject = {
      dictionary: "/Subtype /Form /BBox [0 0 9 9]",
      stream: new Uint8Array(),
    };
    const radio = (y: number, on: string) =>
      `<< /Type /Annot /Subtype /Widget /Parent 7 0 R ${box(y)} /AP << /N << /${on} 6 0 R /Off 6 0 R >> >> >>`;
    const form = await read(
      annotatedPdf(
        [
          field("Btn", "a", `/V /Yes ${states("Yes")}`, 690),
          field("Btn", "b", states("Off"), 670),
          radio(650, "One"),
          radio(630, "Two"),
          field("Btn", "send", "/Ff 65536 /MK << /CA (Send) >>", 610),
        ].join(" "),
        [empty, "<< /FT /Btn /Ff 32768 /T (choice) /V /Two >>"],
      ),
    );
    expect(regionsOf(form).map(([, text]) => text)).toEqual(["☑", "☐", "☐", "☑"]);
  });

  it("that are hidden, or hold a password, are left out", async () => {
    const form = await read(
      annotatedPdf(
        [
          field("Tx", "a", "/V (hidden) /F 2", 690),
          field("Tx", "b", "/V (not viewed) /F 32", 670),
          field("Tx", "c", "/V (password) /Ff 8192", 650),
          "<< /Type /Annot /Subtype /Widget /FT /Tx /T (d) /V (nowhere) /Rect [0 0 0 0] >>",
        ].join(" "),
      ),
    );
    expect(regionsOf(form)).toEqual([]);
  });

  it("make a document without other text readable: it is no scan", async () => {
    const form = await read(annotatedPdf(field("Tx", "a", "/V (Only this)", 690), [], ""));
    expect(form.text).toBe("Only this\n");
    expect(form.pages[0]?.isScanned).toBe(false);
  });

  it("of another program are read as well", async () => {
    const bytes = await makePdf((pdf) => {
      pdf.text("Tenancy");
      pdf.initForm();
      pdf.formText("tenant", 72, 120, 200, 20, { value: "Zoë Grün" });
      pdf.formCombo("term", 72, 160, 200, 20, { select: ["one", "two"], value: "two" });
    });
    expect(regionsOf(await read(bytes))).toEqual([
      ["form_field", "Zoë Grün"],
      ["form_field", "two"],
    ]);
  });
});

describe("The annotations of a PDF page", () => {
  it("are read: text boxes where they stand, notes and stamps behind the page, with a label", async () => {
    const { text, ...page } = await read(
      annotatedPdf(
        [
          `<< /Type /Annot /Subtype /FreeText ${box(600)} /Contents (The fee is 650.) /DA (/Helv 10 Tf) >>`,
          `<< /Type /Annot /Subtype /Text ${box(720)} /Contents (Agreed by phone.) /Popup 6 0 R >>`,
          "6 0 R",
          `<< /Type /Annot /Subtype /Highlight ${box(720)} /Contents (Check this.) >>`,
          `<< /Type /Annot /Subtype /Stamp ${box(300)} /Name /Approved /Contents (Approved by A. B.) >>`,
          `<< /Type /Annot /Subtype /Link ${box(200)} /Contents (A link.) >>`,
          `<< /Type /Annot /Subtype /Text /F 2 ${box(100)} /Contents (Hidden.) >>`,
        ].join(" "),
        [`<< /Type /Annot /Subtype /Popup ${box(500)} /Parent 5 0 R >>`],
      ),
    );
    expect(regionsOf({ text, ...page })).toEqual([
      ["annotation", "The fee is 650."],
      ["annotation", "Agreed by phone."],
      ["annotation", "Check this."],
      ["annotation", "Approved by A. B."],
    ]);
    expect(text.indexOf("The fee")).toBeLessThan(text.indexOf("[Note] Agreed by phone.\n"));
    expect(text).toContain("[Note] Check this.\n");
    expect(text).toContain("[Stamp] Approved by A. B.\n");
  });
});

describe("What signatures and stamps show", () => {
  const form = (text: string, more = ""): PdfObject => ({
    dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 200 40] /Resources << /Font << /F1 4 0 R >> /XObject << /n2 7 0 R >> >> ${more}`,
    stream: bytesOf(text),
  });
  const signed =
    "BT /F1 9 Tf 4 26 Td (Digitally signed by Ada Byron) Tj 0 -12 Td (Date: 2026-03-04) Tj ET";
  const appearance = "/AP << /N 6 0 R >>";
  const signature = field("Sig", "tenant", `/V << /Type /Sig >> ${appearance}`, 100);

  it("is read, of forms within forms too", async () => {
    const pdf = annotatedPdf("8 0 R 9 0 R", [
      form("/n2 Do"),
      form(signed),
      signature,
      `<< /Type /Annot /Subtype /Stamp ${box(400)} /AP << /N 10 0 R >> /Contents (Received by the clerk) >>`,
      form("BT /F1 20 Tf 4 10 Td (RECEIVED 3 MAY) Tj ET"),
    ]);
    const read = await extract(pdf, "a.pdf");
    expect(regionsOf(read)).toEqual([
      ["signature", "Digitally signed by Ada Byron"],
      ["signature", "Date: 2026-03-04"],
      ["annotation", "RECEIVED 3 MAY"],
      ["annotation", "Received by the clerk"],
    ]);
    expect(read.text).toContain("[Stamp] RECEIVED 3 MAY\nReceived by the clerk\n");
    expect(read.pageCount).toBe(1);
  });

  it("is read where the objects are packed, and the table of objects is a stream", async () => {
    const objects = pageObjects(
      new Uint8Array(deflateSync("BT /F1 12 Tf 72 720 Td (The form.) Tj ET")),
      {
        page: "/Resources << /Font << /F1 4 0 R >> >> /Annots [7 0 R]",
        objects: [form(signed), signature],
      },
    );
    const read = await extract(packedPdf(objects), "a.pdf");
    expect(regionsOf(read).map(([, text]) => text)).toEqual([
      "Digitally signed by Ada Byron",
      "Date: 2026-03-04",
    ]);
    expect(read.text).toContain("The form.");
  });

  it("is what an empty field says", async () => {
    const shown = form("BT /F1 9 Tf 4 26 Td (Shown only) Tj ET");
    const pdf = annotatedPdf("7 0 R 8 0 R 9 0 R", [
      shown,
      field("Tx", "a", appearance, 690),
      field("Tx", "b", `/V (Said) ${appearance}`, 670),
      field("Tx", "c", `/Ff 8192 ${appearance}`, 650),
    ]);
    expect(regionsOf(await extract(pdf, "a.pdf"))).toEqual([
      ["form_field", "Shown only"],
      ["form_field", "Said"],
    ]);
  });

  it("is refused where it is painted without an end", async () => {
    const forms = Array.from({ length: 10 }, (_, depth): PdfObject => ({
      dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 200 40] /Resources << /Font << /F1 4 0 R >> /XObject << /X ${7 + depth} 0 R >> >>`,
      stream: bytesOf(depth === 9 ? "BT /F1 9 Tf 4 26 Td (a) Tj ET" : "/X Do ".repeat(10)),
    }));
    const pdf = annotatedPdf("16 0 R", [...forms, signature]);
    await expect(extract(pdf, "a.pdf")).rejects.toMatchObject({ code: "too_much_text" });
  });

  it("of a field is not without an end either", async () => {
    const forms = Array.from({ length: 10 }, (_, depth): PdfObject => ({
      dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 200 40] /Resources << /Font << /F1 4 0 R >> /XObject << /X ${7 + depth} 0 R >> >>`,
      stream: bytesOf(depth === 9 ? "BT /F1 9 Tf 4 26 Td (a) Tj ET" : "/X Do ".repeat(10)),
    }));
    const value = field("Tx", "tenant", `/V (Ada) ${appearance}`, 100);
    expect(regionsOf(await extract(annotatedPdf("16 0 R", [...forms, value]), "a.pdf"))).toEqual([
      ["form_field", "Ada"],
    ]);
  });
});
