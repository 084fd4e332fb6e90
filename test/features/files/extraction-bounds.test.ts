import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../fixtures/documents.ts";
import * as hostile from "../../fixtures/hostile.ts";
import type { Ending } from "../../support/extract-child.ts";

const CHILD = join(import.meta.dirname, "..", "..", "support", "extract-child.ts");

/** More than any takes on an idle machine, and bounded on a busy one. */
const MOST_SECONDS = 60;
/** Of the whole process, of which 96 may be heap. Bombs of 300 and 500 do not fit in it. */
const MOST_MIB = 400;

/** Reads files in a process with 96 MiB of heap; returns how each of them ended. */
async function readAll(files: string[]): Promise<Ending[]> {
  const args = ["--max-old-space-size=96", CHILD, ...files];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    timeout: 5 * MOST_SECONDS * 1000,
  });
  const lines = stdout.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Ending);
}

/** `apart`: each in a process of its own, where the memory of one would be counted with the next. */
async function expectEndings(
  expected: Record<string, Partial<Ending>>,
  apart = false,
): Promise<void> {
  const files = Object.keys(expected);
  const endings: Ending[] = [];
  for (const group of apart ? files.map((file) => [file]) : [files]) {
    endings.push(...(await readAll(group)));
  }
  expect(endings).toEqual(
    Object.entries(expected).map(([file, ending]) =>
      expect.objectContaining({ name: file.split(":")[0], ...ending }),
    ),
  );
  for (const { name, seconds, peakMiB } of endings) {
    expect(seconds, name).toBeLessThan(MOST_SECONDS);
    expect(peakMiB, name).toBeLessThan(MOST_MIB);
  }
}

describe("Within 96 MiB of heap and in bounded time", () => {
  it("hostile Word documents end with a reason", { timeout: 300_000 }, async () => {
    await expectEndings({
      "zipBomb:docx": { code: "too_large" },
      "lyingZipBomb:docx": { code: "too_large" },
      "endlessZip:docx": { code: "damaged" },
      "paddedZip:docx": { code: "damaged" },
      "crowdedZip:docx": { code: "damaged" },
      "entityBomb:docx": { code: "damaged" },
      "deepWord:docx": { code: "damaged" },
      "encryptedDocx:docx": { code: "encrypted" },
      "legacyDoc:docx": { code: "unsupported_type" },
    });
  });

  it(
    "hostile HTML and text files end with their text or a reason",
    { timeout: 300_000 },
    async () => {
      await expectEndings(
        {
          "deepHtml:html": { code: "damaged" },
          "longComment:html": { code: "damaged" },
          "longAttribute:html": { length: 5 },
          "manyAttributes:html": { code: "damaged" },
          "fullText:text": { length: 5_000_000 },
          "tooMuchText:text": { code: "too_much_text" },
          "endlessLine:markdown": { code: "too_much_text" },
          "endlessReversedList:html": { pages: 1 },
          "struckPage:html": { code: "too_much_text" },
          "manyEncodings:text": {},
          "repeatedString:xlsx": { code: "too_much_text" },
          "emptyStrings:xlsx": { code: "too_large" },
          "longCell:xlsx": { code: "too_much_text" },
          "manyFormats:xlsx": { pages: 1 },
          "crowdedMail:mail": { code: "damaged" },
          "heavyMail:mail": { pages: 1 },
        },
        true,
      );
    },
  );

  it("PDFs of any size end with their text or a reason", { timeout: 300_000 }, async () => {
    await expectEndings({
      "longPdf:pdf": { pages: 500, length: expect.any(Number) },
      "claimedPagesPdf:pdf": { code: "too_many_pages" },
      "manyPagesPdf:pdf": { code: "too_many_pages" },
      "pdfBomb:pdf": { code: "too_large" },
      "doublePdfBomb:pdf": { code: "too_large" },
      "blankLaughsPdf:pdf": { code: "needs_ocr" },
      "truncatedPdf:pdf": { code: "damaged" },
    });
  });
});

describe("A PDF whose streams are packed to hide their size", () => {
  it("ends with a reason, in as little memory", { timeout: 300_000 }, async () => {
    await expectEndings({
      "hexBomb:pdf": { code: "too_large" },
      "shortNamesBomb:pdf": { code: "too_large" },
      "pictureBomb:pdf": { code: "needs_ocr" },
      "escapedNameBomb:pdf": { code: "too_large" },
      "farDictionaryBomb:pdf": { code: "too_large" },
      "indirectFilterBomb:pdf": { code: "too_large" },
      "runLengthBomb:pdf": { code: "too_large" },
      "lzwBomb:pdf": { code: "too_large" },
      "rowBomb:pdf": { code: "too_large" },
      "brokenBomb:pdf": { code: "too_large" },
      "repeatedContents:pdf": { code: "too_large" },
      "nestedBomb:pdf": { code: "too_large" },
      "faxBomb:pdf": { code: "needs_ocr" },
      "tinyObjectStreams:pdf": { code: "too_large" },
      "endlessObjects:pdf": { code: "damaged" },
      "endlessStreams:pdf": { code: "too_large" },
      "repeatedAnnotations:pdf": { code: "too_large" },
      "repeatedAnnotationsApart:pdf": { code: "too_large" },
      "crowdedForm:pdf": { code: "too_large" },
    });
  });
});

it("What a document links to is never fetched", async () => {
  const { extract } = await import("../../support/extracted.ts");
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const texts = [
    await extract(hostile.referringHtml(url), "a.html"),
    await extract(hostile.referringDocx(url), "a.docx"),
    await extract(hostile.referringPdf(url), "a.pdf"),
    await extract(bytesOf(`![Seen.](${url})`), "a.md"),
  ].map(({ text }) => text);
  for (const text of texts) expect(text).toContain("Seen.");
  expect(asked).toBe(0);
  server.close();
});
