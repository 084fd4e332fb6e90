/** Extracts spreadsheets (XLSX): each sheet as a heading with its name and one line per row. */
import { ExtractionFailure } from "../../failures.ts";
import type { ByteSource } from "../byte-source.ts";
import type { MarkupHandler } from "../markup.ts";
import { readRelationships } from "../office/office-package.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { StruckOutWords } from "../struck-out.ts";
import { parsePart } from "../office/xml-part.ts";
import { InflatedBytes, type ZipPart } from "../zip.ts";
import { CellStyles } from "./cell-styles.ts";
import { SheetComments } from "./comments.ts";
import { SharedStrings } from "./shared-strings.ts";
import { SheetRows } from "./sheet-rows.ts";
import {
  openSpreadsheet,
  readNamed,
  readWorkbook,
  type SheetEntry,
  type SpreadsheetPackage,
} from "./workbook.ts";

/** The most bytes of XML parsed per spreadsheet. */
const MOST_XML = 100_000_000;

/** Extracts all sheets, including hidden ones. Values have the number format of their cell. */
export async function* readXlsx(
  source: ByteSource,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const spreadsheet = await openSpreadsheet(source);
  if (!spreadsheet) throw new ExtractionFailure("damaged");
  const counted = new InflatedBytes(MOST_XML);
  const workbook = await readWorkbook(source, spreadsheet, counted);
  const { format } = await import("numfmt");
  const strings = new SharedStrings();
  const styles = new CellStyles(format, workbook);
  exhaust(await workbook.partOf("sharedstrings"), counted, strings);
  exhaust(await workbook.partOf("styles"), counted, styles);
  const struckOut = new StruckOutWords();
  for (const [index, sheet] of workbook.sheets.entries()) {
    writeName(sheet, writer, index === 0);
    const rows = new SheetRows(writer, { strings, styles, struckOut });
    const part = await readNamed(source, spreadsheet.directory, sheet.part);
    if (part) for (const _ of parsePart(part, counted, rows)) yield* writer.take();
    await writeComments(source, spreadsheet, sheet, { counted, writer });
  }
  struckOut.writeTo(writer);
  yield* writer.end(true);
}

function writeName({ name, isHidden }: SheetEntry, writer: PageWriter, isFirst: boolean): void {
  if (!isFirst) writer.write("\n\n");
  writer.write(name, { level: 1 });
  if (isHidden) writer.write(" (hidden sheet)");
}

async function writeComments(
  source: ByteSource,
  { directory }: SpreadsheetPackage,
  { part }: SheetEntry,
  { counted, writer }: { counted: InflatedBytes; writer: PageWriter },
): Promise<void> {
  const relationships = await readRelationships(source, directory, part);
  const target = relationships.find(({ type }) => type === "comments")?.target;
  if (target === undefined) return;
  const comments = await readNamed(source, directory, target);
  exhaust(comments, counted, new SheetComments(writer));
}

function exhaust(part: ZipPart | undefined, counted: InflatedBytes, handler: MarkupHandler): void {
  if (part) for (const _ of parsePart(part, counted, handler));
}
