/** Word documents of the XML of their parts, as they are read. */
import type { RegionKind } from "../../src/lib/text-regions.ts";
import { wordOf } from "../fixtures/hostile.ts";
import { extract, type Extracted } from "./extracted.ts";

const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

export const readWord = (body: string, others?: Record<string, string>): Promise<Extracted> =>
  extract(wordOf(body, others), "a.docx");

export const wordText = async (body: string, others?: Record<string, string>): Promise<string> =>
  (await readWord(body, others)).text;

/** A run of characters. */
export const run = (text: string, properties = ""): string =>
  `<w:r><w:rPr>${properties}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;

export const within = (...runs: string[]): string => `<w:p>${runs.join("")}</w:p>`;

/** The part that says which ids name which other parts. */
export function related(...parts: [id: string, type: string, target: string][]) {
  const all = parts.map(
    ([id, type, target]) =>
      `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return { "word/_rels/document.xml.rels": `<Relationships>${all.join("")}</Relationships>` };
}

/** The stretches of a document that are not running text. */
export function regionsOf({ pages }: Extracted): [RegionKind, string][] {
  return pages.flatMap(({ text, regions }) => {
    const points = Array.from(text);
    return regions.map(({ start, end, kind }): [RegionKind, string] => [
      kind,
      points.slice(start, end).join(""),
    ]);
  });
}
