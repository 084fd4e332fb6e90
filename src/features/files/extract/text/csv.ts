/** Extracts CSV files. A first row of column names becomes the heading of all other rows. */
import type { Source } from "../byte-source.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";
import { textOf, writeDecoded } from "./text.ts";

/** UTF-16 code units; limited because every passage stores the header. */
const LONGEST_HEADER = 500;

/** Extracts a CSV file unchanged, as one page. */
export async function* readCsv(
  source: Source,
  writer: PageWriter,
  named: string | undefined,
): AsyncGenerator<ExtractedPage> {
  let first: string | undefined = "";
  for await (const text of textOf(source, named)) {
    if (first === undefined) writeDecoded(writer, text);
    else first = writeHeader(writer, first + text);
    yield* writer.take();
  }
  if (first !== undefined) writeDecoded(writer, first);
  yield* writer.end(true);
}

/** Writes the text once its first row is complete or too long for a header; returns the text until then. */
function writeHeader(writer: PageWriter, text: string): string | undefined {
  const end = endOfRow(text);
  if (end === undefined && text.length <= LONGEST_HEADER) return text;
  const header = text.slice(0, end ?? 0);
  if (namesColumns(header)) {
    writeDecoded(writer, header, 1);
    writeDecoded(writer, text.slice(header.length));
  } else writeDecoded(writer, text);
  return undefined;
}

/** The index of the end of the first row; undefined if it is incomplete. A quoted line break does not end it. */
function endOfRow(text: string): number | undefined {
  let isQuoted = false;
  for (let at = 0; at < Math.min(text.length, LONGEST_HEADER); at++) {
    const char = text[at];
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === "\n" || char === "\r")) return at;
  }
  return undefined;
}

/** True for a row of at least two cells that are all words. */
export function namesColumns(row: string): boolean {
  const cells = row.split(DELIMITERS.find((delimiter) => row.includes(delimiter)) ?? ",");
  return cells.length > 1 && cells.every((cell) => /\p{L}/u.test(cell) && !/^"?\d/.test(cell));
}

const DELIMITERS = ["\t", ";", ",", "|"];
