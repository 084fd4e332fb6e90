import { describe, expect, it } from "vitest";
import { type ExtractedPage, readDocument } from "../../src/features/files/extract/extract.ts";
import { recognise } from "../../src/features/files/extract/kind.ts";
import * as contract from "../fixtures/contract.ts";
import * as documents from "../fixtures/documents.ts";

/** Reads a document as it is uploaded: by its bytes and its name. */
async function read(bytes: Uint8Array, name: string, chunkSize?: number) {
  const kind = recognise(bytes, name);
  if (!kind) throw new Error("not recognised");
  const source = { size: bytes.byteLength, body: documents.streamOf(bytes, chunkSize) };
  const { pageCount, pages } = await readDocument(kind, source, { fromPage: 1, pages: 100 });
  const all: ExtractedPage[] = [];
  for await (const page of pages) all.push(page);
  return { kind, pageCount, pages: all, text: all.map(({ text }) => text).join("") };
}

const headingsOf = (pages: ExtractedPage[]) =>
  pages.flatMap(({ text, headings }) =>
    headings.map(({ start, end }) => Array.from(text).slice(start, end).join("")),
  );

const inOneLine = (text: string) => text.replaceAll(/\s+/g, " ");

const FORMATS = [
  ["contract.pdf", "pdf", documents.contractPdf],
  ["contract.docx", "docx", documents.contractDocx],
  ["contract.html", "html", documents.contractHtml],
  ["contract.md", "markdown", documents.contractMarkdown],
  ["contract.txt", "text", documents.contractText],
  ["contract.csv", "csv", documents.contractCsv],
] as const;

describe.each(FORMATS)("A contract as %s", (name, kind, make) => {
  it("is known by its bytes, and holds every sentence word for word", async () => {
    const document = await read(await make(), name);
    expect(document.kind).toBe(kind);
    for (const sentence of contract.SENTENCES) expect(inOneLine(document.text)).toContain(sentence);
    expect(document.pages.map(({ isLast }) => isLast).indexOf(true)).toBe(
      document.pages.length - 1,
    );
  });

  it("is the same in whatever chunks it comes", async () => {
    const bytes = await make();
    const whole = await read(bytes, name);
    expect((await read(bytes, name, 7)).pages).toEqual(whole.pages);
  });
});

describe("A contract with headings", () => {
  it.each(FORMATS.slice(0, 4))("tells where they stand: %s", async (name, _kind, make) => {
    const { pages } = await read(await make(), name);
    expect(headingsOf(pages)).toEqual(contract.HEADINGS);
  });
});

describe("The pages of a contract", () => {
  it.each(FORMATS.slice(0, 2))("are those that it has: %s", async (name, _kind, make) => {
    const { pages } = await read(await make(), name);
    expect(pages.map(({ page }) => page)).toEqual([1, 2]);
    expect(headingsOf(pages.slice(1))[0]).toBe("4. Liability");
  });
});

describe("The text of a text file", () => {
  it.each([
    ["contract.txt", documents.contractText, contract.CONTRACT_TEXT],
    ["contract.md", documents.contractMarkdown, contract.CONTRACT_MARKDOWN],
    ["contract.csv", documents.contractCsv, contract.CONTRACT_CSV],
  ] as const)("is the file, unchanged: %s", async (name, make, text) => {
    expect((await read(make(), name)).text).toBe(text);
  });
});

it("A table of a Word document keeps its rows and cells", async () => {
  const { text } = await read(await documents.contractDocx(), "contract.docx");
  expect(text.endsWith(documents.DOCX_TABLE)).toBe(true);
});
