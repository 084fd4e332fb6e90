/** Opens a spreadsheet package (ECMA-376 part 1, section 18.2), and lists its sheets in order. */
import { ExtractionFailure } from "../../failures.ts";
import type { ByteSource } from "../byte-source.ts";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import { type OfficePackage, openPackage, readRelationships } from "../office/office-package.ts";
import { parsePart } from "../office/xml-part.ts";
import { type InflatedBytes, readPart, type ZipPart } from "../zip.ts";

const SPREADSHEET =
  /^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.(?:sheet|template)\.main\+xml$/;
const MACROS = "application/vnd.ms-office.vbaproject";

const MOST_SHEETS = 500;
/** The most stored bytes of one part. */
const LARGEST_PART = 12 * 1024 * 1024;

export type SpreadsheetPackage = OfficePackage & { mainPart: string };

/** Opens a spreadsheet; undefined for anything else, and with macros. Throws `damaged` or `too_large`. */
export async function openSpreadsheet(source: ByteSource): Promise<SpreadsheetPackage | undefined> {
  const found = await openPackage(source);
  const mainPart = found?.mainPart;
  if (!found || mainPart === undefined) return undefined;
  if (!SPREADSHEET.test(found.contentTypeOf(mainPart) ?? "")) return undefined;
  const names = [...found.directory.keys()];
  const hasMacros = names.some((name) => found.contentTypeOf(name) === MACROS);
  return hasMacros ? undefined : { ...found, mainPart };
}

export type SheetEntry = { name: string; isHidden: boolean; part: string };

type Workbook = {
  sheets: SheetEntry[];
  /** True if dates are counted from 1904 (the date system of old Macs) instead of 1900. */
  isFrom1904: boolean;
  /** The part of a relationship type of the workbook; undefined if there is none. */
  partOf: (type: string) => Promise<ZipPart | undefined>;
};

export async function readWorkbook(
  source: ByteSource,
  { directory, mainPart }: SpreadsheetPackage,
  counted: InflatedBytes,
): Promise<Workbook> {
  const relationships = await readRelationships(source, directory, mainPart);
  const targets = new Map(relationships.map(({ id, target }) => [id, target]));
  const list = new SheetList();
  const main = await readNamed(source, directory, mainPart);
  if (!main) throw new ExtractionFailure("damaged");
  for (const _ of parsePart(main, counted, list));
  const sheets = list.found.flatMap(({ id, ...sheet }) => {
    const part = targets.get(id);
    return part === undefined || !directory.has(part) ? [] : [{ ...sheet, part }];
  });
  const partOf = async (type: string) => {
    const target = relationships.find((relationship) => relationship.type === type)?.target;
    return target === undefined ? undefined : readNamed(source, directory, target);
  };
  return { sheets, isFrom1904: list.isFrom1904, partOf };
}

/** Loads a part by its name; undefined if there is none. */
export async function readNamed(
  source: ByteSource,
  directory: OfficePackage["directory"],
  name: string,
): Promise<ZipPart | undefined> {
  const entry = directory.get(name);
  return entry && readPart(source, entry, LARGEST_PART);
}

class SheetList implements MarkupHandler {
  readonly found: { id: string; name: string; isHidden: boolean }[] = [];
  isFrom1904 = false;

  open(element: string, attributes: XmlAttributes): void {
    const name = localName(element);
    if (name === "workbookPr") this.isFrom1904 = /^(?:1|true)$/.test(attributes.date1904 ?? "");
    if (name === "sheet" && this.found.length < MOST_SHEETS) this.#add(attributes);
  }

  close(): void {}

  text(): void {}

  #add(attributes: XmlAttributes): void {
    const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
    const { name = "", state = "" } = attributes;
    this.found.push({ id, name, isHidden: /hidden$/i.test(state) });
  }
}
