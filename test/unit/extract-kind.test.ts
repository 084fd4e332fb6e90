import { describe, expect, it } from "vitest";
import { bufferSource } from "../../src/features/files/extract/byte-source.ts";
import { contentTypeOf } from "../../src/features/files/extract/kind.ts";
import { recognise } from "../../src/features/files/extract/recognise.ts";
import * as documents from "../fixtures/documents.ts";
import * as hostile from "../fixtures/hostile.ts";

const recognised = (file: Uint8Array, name: string) => recognise(bufferSource(file), { name });
const kindOf = async (file: Uint8Array, name: string) => (await recognised(file, name)).kind;
const bytes = (text: string) => documents.bytesOf(text);
const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("A file's kind is detected from its bytes", () => {
  it.each([
    ["a PDF named as text", "a.txt", bytes("%PDF-1.7\n%…"), "pdf"],
    ["a PDF behind junk", "a.pdf", bytes("HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n"), "pdf"],
    ["a text about PDF", "a.pdf", bytes("A file that begins with %PDF-1.7 is a PDF."), "text"],
    ["HTML named as text", "a.txt", bytes("\n<!-- x --><!DOCTYPE HTML><p>Hi"), "html"],
    ["XHTML", "a", bytes('<?xml version="1.0"?>\n<html xmlns="x"><p>Hi</p></html>'), "html"],
    ["text named as PDF", "a.pdf", bytes("Not a PDF."), "text"],
    ["an encrypted Word document", "a.docx", hostile.encryptedDocx(), "docx"],
    ["the same by another name", "a", hostile.encryptedDocx(), "docx"],
    ["a PNG picture by another name", "a.pdf", hostile.picture(), "png"],
  ] as const)("%s", async (_what, name, file, kind) => {
    expect(await kindOf(file, name)).toBe(kind);
  });

  it.each([
    ["a GIF picture", "a.pdf", bytes("GIF89a\x01\0\x01\0\0\0\0;")],
    ["an old Word document", "a.docx", hostile.legacyDoc()],
    ["PostScript", "a.txt", bytes("%!PS-Adobe-3.0\n")],
    ["text with a NUL", "a.txt", bytes("Hello\0world")],
    ["random bytes", "a.txt", Uint8Array.from({ length: 999 }, (_, n) => (n * 7919 + 13) % 251)],
  ] as const)("%s is none that is supported", async (_what, name, file) => {
    expect(await kindOf(file, name)).toBeUndefined();
  });
});

describe("A text of another program is refused, and the reason says what to do", () => {
  const page = "Content-Type: text/html\r\n\r\n<p>Lease</p>\r\n--B--";
  it.each([
    ["RTF", "{\\rtf1\\ansi Hello}", "unsupported_rtf"],
    [
      "an archive of a page",
      `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\n${page}`,
      "unsupported_mhtml",
    ],
    [
      "one that a browser saved",
      `From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.b/\r\nSubject: Lease\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="B"\r\n\r\n--B\r\n${page}`,
      "unsupported_mhtml",
    ],
    [
      "XML of Word 2003",
      '<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>\n<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>',
      "unsupported_office_xml",
    ],
    [
      "XML of Word 2003 with another prefix",
      '<x:wordDocument xmlns:x="http://schemas.microsoft.com/office/word/2003/wordml"/>',
      "unsupported_office_xml",
    ],
    [
      "a package as one file",
      '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>',
      "unsupported_office_xml",
    ],
    ["the source of a PDF", "  %PDF-1.4\n1 0 obj\n<< >>\nendobj\n", "unsupported_pdf_source"],
    [
      "the source of a PDF without its head",
      "1 0 obj\n<< >>\nendobj\nxref\n",
      "unsupported_pdf_source",
    ],
  ])("%s", async (_what, text, refusal) => {
    expect(await recognised(bytes(text), "a.txt")).toEqual({ refusal });
  });

  it.each([
    ["that speaks of them", "Save the <?mso-application?> file, endobj, and {\\rtf."],
    ["of XML of another kind", '<?xml version="1.0"?><lease><term>5</term></lease>'],
  ])("but not a text %s", async (_what, text) => {
    expect(await kindOf(bytes(text), "a.txt")).toBe("text");
  });
});

describe("A mail is known by its headers", () => {
  it.each([
    ["whatever it is called", "a.txt", "MIME-Version: 1.0\nFrom: a@b.c\nSubject: Lease\n\nHi"],
    [
      "behind a line of a mailbox",
      "a",
      "From a@b.c Mon Jan  1 00:00:00 2026\nReturn-Path: <a@b.c>\nReceived: by b.c\n\tfor d\n\nHi",
    ],
    ["few of them where its name says so", "a.EML", "From: a@b.c\n\nHi"],
  ])("%s", async (_what, name, text) => {
    expect(await kindOf(bytes(text), name)).toBe("mail");
  });

  it.each([
    ["a memorandum", "From: the landlord\nTo: all tenants\nDate: 5 May\nRe: Rent\n\nRent is due."],
    ["a text with a colon", "Note: this lease\nbinds both parties.\n\nFrom: Monday"],
  ])("and %s is none", async (_what, text) => {
    expect(await kindOf(bytes(text), "a.txt")).toBe("text");
  });
});

describe("The name distinguishes kinds of text, and nothing else", () => {
  it.each([
    ["notes.md", "markdown"],
    ["NOTES.MARKDOWN", "markdown"],
    ["table.CSV", "csv"],
    ["page.htm", "html"],
    ["notes.txt", "text"],
    ["notes.exe", "text"],
    ["notes", "text"],
  ])("%s", async (name, kind) => {
    expect(await kindOf(bytes("a,b\n<p>c</p>"), name)).toBe(kind);
  });
});

describe("Text is detected in its first 64 KiB", () => {
  it.each([0, 1, 2, 3])("also where they end %i bytes into a character", async (cut) => {
    const text = `${"x".repeat(64 * 1024 - cut)}😀${"y".repeat(9)}`;
    expect(await kindOf(bytes(text).subarray(0, 64 * 1024), "a.txt")).toBe("text");
  });

  it("in the encodings of Windows too", async () => {
    expect(await kindOf(latin("The price is \x80 5 \x96 for a caf\xe9."), "a.txt")).toBe("text");
    expect(await kindOf(latin("\xff\xfeH\0i\0"), "a.txt")).toBe("text");
    expect(await kindOf(latin("\xfe\xff\0H\0i"), "a.txt")).toBe("text");
    expect(await kindOf(latin("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0"), "a.txt")).toBe("text");
    expect(await kindOf(bytes("H\0e\0l\0l\0o\0"), "a.txt")).toBe("text");
    expect(await kindOf(bytes("\0H\0e\0l\0l\0o"), "a.txt")).toBe("text");
  });
});

it("A file is served with its own type", () => {
  expect(contentTypeOf("html")).toBe("text/html; charset=utf-8");
  expect(contentTypeOf("pdf")).toBe("application/pdf");
});
