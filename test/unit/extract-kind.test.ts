import { describe, expect, it } from "vitest";
import { bufferSource } from "../../src/features/files/extract/byte-source.ts";
import { contentTypeOf, recognise } from "../../src/features/files/extract/kind.ts";
import * as documents from "../fixtures/documents.ts";
import * as hostile from "../fixtures/hostile.ts";

const kindOf = (file: Uint8Array, name: string) => recognise(bufferSource(file), name);
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
  ] as const)("%s", async (_what, name, file, kind) => {
    expect(await kindOf(file, name)).toBe(kind);
  });

  it.each([
    ["a picture", "a.pdf", hostile.picture()],
    ["a spreadsheet", "a.docx", hostile.spreadsheet()],
    ["an old Word document", "a.docx", hostile.legacyDoc()],
    ["RTF", "a.txt", bytes("{\\rtf1\\ansi Hello}")],
    ["PostScript", "a.txt", bytes("%!PS-Adobe-3.0\n")],
    ["text with a NUL", "a.txt", bytes("Hello\0world")],
    ["UTF-16 without a mark", "a.txt", bytes("H\0e\0l\0l\0o\0")],
    ["random bytes", "a.txt", Uint8Array.from({ length: 999 }, (_, n) => (n * 7919 + 13) % 251)],
    ["Cyrillic in an old encoding", "a.txt", latin("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0")],
  ] as const)("%s is none that is supported", async (_what, name, file) => {
    expect(await kindOf(file, name)).toBeUndefined();
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
  });
});

it("A file is served with its own type", () => {
  expect(contentTypeOf("html")).toBe("text/html; charset=utf-8");
  expect(contentTypeOf("pdf")).toBe("application/pdf");
});
