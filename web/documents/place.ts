/** The address of a place in a document: what a citation and a hit of the search link to. */
import type { Schemas } from "../api/client.ts";

/** Offsets into the document's text, in Unicode code points. */
export type Range = { start: number; end: number };

/** Without ranges, the start of the page, or of the document. */
export type Place = { page: number | undefined; ranges: readonly Range[] };

type Cited = {
  file_id: Schemas["Citation"]["file_id"];
  page?: number | null | undefined;
  start?: number | undefined;
  end?: number | undefined;
  /** Of an elided quotation: only these are highlighted. */
  parts?: readonly Range[] | undefined;
};

/** The path of the view that shows a citation in its document. */
export function placeUrl({ file_id, page, start, end, parts }: Cited): string {
  const query = new URLSearchParams();
  if (page) query.set("page", String(page));
  if (start !== undefined && end !== undefined) {
    query.set("start", String(start));
    query.set("end", String(end));
  }
  if (parts?.length) query.set("parts", parts.map(({ start, end }) => `${start}-${end}`).join(","));
  const text = query.toString();
  return `/app/documents/${encodeURIComponent(file_id)}${text && `?${text}`}`;
}

/** The place that an address names. What is malformed is left out. */
export function readPlace(query: URLSearchParams): Place {
  const page = readNumber(query.get("page")) || undefined;
  const parts = (query.get("parts") ?? "").split(",").flatMap(readRange);
  const whole = readRange(`${query.get("start")}-${query.get("end")}`);
  return { page, ranges: parts.length > 0 ? parts : whole };
}

/** One range, or none. */
function readRange(text: string): Range[] {
  const [start, end] = text.split("-").map(readNumber);
  return start !== undefined && end !== undefined && start < end ? [{ start, end }] : [];
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
