/** A Word document as a package (ECMA-376 part 2): the parts, and what says where they are. */
import { strToU8, zipSync } from "fflate";
import { documentXml, numberingXml, stylesXml } from "./word-xml.ts";

const HEAD = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`;
const RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/** The bytes of a document with these blocks. */
export function packWord(blocks: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = {
    "[Content_Types].xml": contentTypes(),
    "_rels/.rels": relationships([["officeDocument", "word/document.xml"]]),
    "word/document.xml": documentXml(blocks),
    "word/styles.xml": stylesXml(),
    "word/numbering.xml": numberingXml(),
    "word/_rels/document.xml.rels": relationships([
      ["styles", "styles.xml"],
      ["numbering", "numbering.xml"],
    ]),
  };
  const entries = Object.entries(parts).map(([name, text]) => [name, strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries));
}

function contentTypes(): string {
  return [
    `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`,
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`,
    `<Default Extension="xml" ContentType="application/xml"/>`,
    override("document", "document.main"),
    override("styles", "styles"),
    override("numbering", "numbering"),
    `</Types>`,
  ].join("");
}

function override(part: string, type: string): string {
  return `<Override PartName="/word/${part}.xml" ContentType="${WORD}.${type}+xml"/>`;
}

function relationships(targets: readonly (readonly [kind: string, target: string])[]): string {
  const shown = targets.map(
    ([kind, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${kind}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${RELATIONSHIPS}">${shown.join("")}</Relationships>`;
}
