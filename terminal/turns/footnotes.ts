/** The documents that an answer quotes, below it. */
import type { components } from "../../clients/ts/src/index.ts";
import { neutraliseLine } from "../output/neutralise.ts";
import type { Screen } from "../output/screen.ts";

type Schemas = components["schemas"];
/** In an event, the quote of a long one is null. */
export type Citation = Omit<Schemas["Citation"], "quote"> & { quote: string | null };
export type UnverifiedQuote = Schemas["UnverifiedQuote"];

/** `[1] lease.pdf, page 3: "…"`, a line for each; then the quotations that no document contains. */
export function printFootnotes(
  screen: Screen,
  citations: Citation[],
  unverified: UnverifiedQuote[],
): void {
  const lines = [...citations.map(toFootnote), ...unverified.map(toWarning)];
  if (lines.length > 0) screen.print("");
  for (const line of lines) screen.print(line);
}

function toFootnote(citation: Citation): string {
  const { number, index, file_name: name } = citation;
  const where = [neutraliseLine(name), placeOf(citation)].filter(Boolean).join(", ");
  const remarks = remarksOf(citation).map((remark) => ` (${remark})`);
  return `[${number ?? index}] ${where}: "${neutraliseLine(citation.quote ?? "…")}"${remarks.join("")}`;
}

function placeOf({ page, heading }: Citation): string {
  if (page !== null) return `page ${page}`;
  return heading === undefined ? "" : `under "${neutraliseLine(heading)}"`;
}

function remarksOf({ region, source, status }: Citation): string[] {
  return [
    region === "struck_out" && "struck out: does not apply",
    region !== undefined && region !== "struck_out" && region.replace("_", " "),
    source === "ocr" && "transcribed from a scan",
    status === "source_deleted" && "the file was deleted",
  ].filter((remark) => remark !== false);
}

function toWarning({ text, number }: UnverifiedQuote): string {
  const marker = number === undefined ? "[?]" : `[${number}?]`;
  return `${marker} NOT VERIFIED, no document contains these words: "${neutraliseLine(text)}"`;
}
