import { describe, expect, it } from "vitest";
import * as contract from "../fixtures/contract.ts";
import * as documents from "../fixtures/documents.ts";
import { extract } from "../support/extracted.ts";

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
  it("is recognised by its bytes, and contains every sentence word for word", async () => {
    const document = await extract(await make(), name);
    expect(document.kind).toBe(kind);
    for (const sentence of contract.SENTENCES) expect(inOneLine(document.text)).toContain(sentence);
  });

  it("has one last part, and it is the last", async () => {
    const { pages } = await extract(await make(), name);
    expect(pages.filter(({ isLast }) => isLast)).toEqual([pages.at(-1)]);
  });

  it("is the same in whatever chunks it arrives", async () => {
    const bytes = await make();
    const whole = await extract(bytes, name);
    expect((await extract(bytes, name, { chunkSize: 7 })).pages).toEqual(whole.pages);
  });
});

it.each(FORMATS.slice(0, 4))(
  "The headings of %s are at their offsets",
  async (name, _kind, make) => {
    const { headings } = await extract(await make(), name);
    expect(headings.map(({ text }) => text)).toEqual(contract.HEADINGS);
    const [title, ...clauses] = headings.map(({ level }) => level);
    expect(title).toBe(1);
    expect(new Set(clauses).size).toBe(1);
  },
);

it.each(FORMATS.slice(0, 2))("%s has its own page numbers", async (name, _kind, make) => {
  const { pages } = await extract(await make(), name);
  expect(pages.map(({ page }) => page)).toEqual([1, 2]);
  expect(pages[1]?.text.startsWith("4. Liability\n")).toBe(true);
});

it.each([
  ["contract.txt", documents.contractText, contract.CONTRACT_TEXT],
  ["contract.md", documents.contractMarkdown, contract.CONTRACT_MARKDOWN],
  ["contract.csv", documents.contractCsv, contract.CONTRACT_CSV],
] as const)("The text of %s is the file, unchanged", async (name, make, text) => {
  expect((await extract(make(), name)).text).toBe(text);
});

it("The lines of a PDF become paragraphs where there is space between them", async () => {
  const { text } = await extract(await documents.contractPdf(), "contract.pdf");
  const [, preamble, definitions] = text.split("\n\n");
  expect(inOneLine(preamble ?? "")).toBe(contract.PREAMBLE);
  expect(definitions).toBe("1. Definitions");
});
