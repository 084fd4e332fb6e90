import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bufferSource, type ByteSource } from "../../src/features/files/extract/byte-source.ts";
import { recognise } from "../../src/features/files/extract/recognise.ts";
import { readPart } from "../../src/features/files/extract/zip.ts";
import { readZipDirectory } from "../../src/features/files/extract/zip-directory.ts";
import { bytesOf } from "../fixtures/documents.ts";
import { mainPart, spreadsheet, TYPES, wordOf } from "../fixtures/hostile.ts";
import { deflated, deflatedTimes, type ZipEntry, type ZipFrame, zipOf } from "../fixtures/zip.ts";
import { extract } from "../support/extracted.ts";

const MAIN = deflated("word/document.xml", mainPart("Seen."));
const DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

const types = (...overrides: [name: string, type: string][]): ZipEntry =>
  deflated(
    "[Content_Types].xml",
    `<x:Types xmlns:x="http://schemas.openxmlformats.org/package/2006/content-types"><x:Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>${overrides
      .map(([name, type]) => `<x:Override PartName="${name}" ContentType="${type}"/>`)
      .join("")}</x:Types>`,
  );

const relationship = (target: string, of = "http://schemas.openxmlformats.org"): ZipEntry =>
  deflated(
    "_rels/.rels",
    `<Relationships><Relationship Id="a" Type="${of}/officeDocument/relationships/officeDocument" Target="${target}"/></Relationships>`,
  );

const recognised = async (source: ByteSource, name = "a.docx") =>
  (await recognise(source, { name })).kind;
const kindOf = (...entries: ZipEntry[]) => recognised(bufferSource(zipOf(entries)));

const stored = (name: string, size: number): ZipEntry => ({
  name,
  data: new Uint8Array(size).fill(120),
  method: 0,
});

describe("A Word document is detected by its content types and relationships", () => {
  it.each([
    ["behind a part of a megabyte", [TYPES, stored("docProps/thumbnail.png", 1 << 20), MAIN]],
    ["with its types at the end", [MAIN, stored("media/a.png", 200_000), TYPES]],
    [
      "in another folder",
      [
        types(["/content/main.xml", DOCUMENT]),
        relationship("/content/main.xml", "http://purl.oclc.org/ooxml"),
        deflated("content/main.xml", mainPart("Seen.")),
      ],
    ],
    [
      "under an escaped name, by a relative path and in another case",
      [
        types(["/Word/My text.xml", DOCUMENT]),
        relationship("./other/../Word/My%20text.xml"),
        deflated("word/my TEXT.xml", mainPart("Seen.")),
      ],
    ],
    [
      "as a template",
      [types(["/word/document.xml", DOCUMENT.replace("document.main", "template.main")]), MAIN],
    ],
    [
      "with a part of an unknown kind",
      [types(["/word/document.xml", DOCUMENT]), MAIN, stored("odd.dat", 9)],
    ],
  ])("%s", async (_what, entries) => {
    expect(await kindOf(...entries)).toBe("docx");
    expect((await extract(zipOf(entries), "a.docx")).text).toBe("Seen.");
  });

  it.each([
    [
      "a spreadsheet",
      [deflated("[Content_Types].xml", "<Types/>"), deflated("xl/workbook.xml", "<workbook/>")],
    ],
    [
      "a spreadsheet that has a folder of that name",
      [
        types([
          "/xl/workbook.xml",
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        ]),
        relationship("xl/workbook.xml"),
        deflated("xl/workbook.xml", "<workbook/>"),
        MAIN,
      ],
    ],
    ["an archive with such a folder", [MAIN]],
    [
      "one whose main part is not there",
      [types(["/word/document.xml", DOCUMENT]), relationship("word/document.xml")],
    ],
    [
      "one that allows macros",
      [
        types(["/word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"]),
        MAIN,
      ],
    ],
    [
      "a template that allows macros",
      [
        types([
          "/word/document.xml",
          "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        ]),
        MAIN,
      ],
    ],
    [
      "one that declares no macros, and has them",
      [types(["/word/document.xml", DOCUMENT]), MAIN, stored("word/vbaProject.bin", 9)],
    ],
  ])("and is none: %s", async (_what, entries) => {
    expect(await kindOf(...entries)).not.toBe("docx");
  });
});

describe("A ZIP is read by its directory", () => {
  it.each<[string, ZipFrame]>([
    ["behind other bytes", { prefix: bytesOf("MZ".repeat(500)) }],
    ["with the longest comment", { comment: new Uint8Array(0xffff).fill(0x50) }],
    ["with ends of directories in its comment", { comment: bytesOf("PK\x05\x06".repeat(16_000)) }],
    ["with bytes behind it", { behind: bytesOf("\r\n".repeat(99)) }],
    ["with records of 64 bits", { zip64: true }],
    ["with both before and in 64 bits", { zip64: true, prefix: bytesOf("#!\n") }],
  ])("%s", async (_what, frame) => {
    const bytes = zipOf([TYPES, MAIN], frame);
    const directory = await readZipDirectory(bufferSource(bytes));
    expect([...(directory?.keys() ?? [])]).toEqual(["[content_types].xml", "word/document.xml"]);
    const entry = directory?.get("word/document.xml");
    const part = entry && (await readPart(bufferSource(bytes), entry, 9_999));
    const text = new TextDecoder().decode(part && inflateRawSync(part.bytes));
    expect(text).toContain("Seen.");
  });
});

/** Counts the reads of a file. */
function counting(bytes: Uint8Array): ByteSource & { reads: number; bytesRead: number } {
  const source = bufferSource(bytes);
  const counted = {
    size: source.size,
    reads: 0,
    bytesRead: 0,
    read: async (start: number, length: number) => {
      const read = await source.read(start, length);
      counted.reads++;
      counted.bytesRead += read.byteLength;
      return read;
    },
  };
  return counted;
}

const longName = (index: number) => `${index}/${"n".repeat(65_000)}`;

const HOSTILE: Record<string, () => Uint8Array> = {
  "headers with names of 64 KiB, and nothing else": () =>
    zipOf(Array.from({ length: 160 }, (_, index) => stored(longName(index), 0))).subarray(0, 5e6),
  "a directory of names of 64 KiB": () =>
    zipOf([TYPES, MAIN, ...Array.from({ length: 160 }, (_, index) => stored(longName(index), 0))]),
  "65,535 entries": () =>
    zipOf([TYPES, MAIN, ...Array.from({ length: 65_533 }, (_, index) => stored(`${index}`, 0))]),
  "a directory that claims to be larger than the file": () =>
    zipOf([TYPES, MAIN], { claimed: { bytes: 0xfffffff0 } }),
  "a directory that claims more entries": () => zipOf([TYPES, MAIN], { claimed: { count: 9_999 } }),
  "a directory that claims to lie behind the file": () =>
    zipOf([TYPES, MAIN], { claimed: { offset: 0xfffffff0 } }),
  "a directory in 64 bits that claims anything": () =>
    zipOf([TYPES, MAIN], { zip64: true, claimed: { bytes: 2 ** 50, count: 2 ** 52 } }),
  "types that inflate to a gigabyte": () => {
    const data = deflatedTimes("<Types>", "<Default/>".repeat(100_000), 1_000, "</Types>");
    return zipOf([{ name: "[Content_Types].xml", data, method: 8 }, MAIN]);
  },
  "types that claim to be as long as the file": () =>
    zipOf([{ ...TYPES, claimed: { compressed: 0x7fffffff } }, MAIN]),
  "types that are nested without end": () =>
    zipOf([deflated("[Content_Types].xml", "<Types>".repeat(200_000)), MAIN]),
  "nothing but its end": () => zipOf([]),
  "a first header alone": () => bytesOf("PK\x03\x04"),
};

describe("A hostile ZIP is refused with little work", () => {
  it.each(Object.entries(HOSTILE))("%s", async (_what, make) => {
    const source = counting(make());
    expect(await recognised(source)).toBeUndefined();
    expect(source.reads).toBeLessThan(8);
    expect(source.bytesRead).toBeLessThan(3 * 1024 * 1024);
  });

  it("and so is one whose parts overlap", async () => {
    const bytes = zipOf([TYPES, MAIN, stored("word/a.bin", 10)]);
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // The main part is declared to begin where the types do.
    const entry = view.indexOf("PK\x01\x02", view.indexOf("PK\x01\x02") + 1, "latin1");
    view.writeUInt32LE(0, entry + 42);
    await expect(extract(bytes, "a.docx")).rejects.toMatchObject({ code: "damaged" });
  });
});

it("The other kinds are detected as before", async () => {
  expect(await recognised(bufferSource(spreadsheet()))).toBeUndefined();
  expect(await recognised(bufferSource(wordOf("")), "a.txt")).toBe("docx");
});
