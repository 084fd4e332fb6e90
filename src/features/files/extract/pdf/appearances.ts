/**
 * The text of the appearances of signatures and stamps, which pdf.js tells of no annotation. The same bytes
 * are opened once more, with an update at their end that makes a page of each appearance: its content is
 * that of the page. So it is read as any page is, and within the same bounds.
 */
import { ExtractionFailure } from "../../failures.ts";
import type { PdfAnnotation } from "./annotations.ts";
import type { FileObjects } from "./file-objects.ts";
import { closePdf, contentOf, type OpenPdf, type PdfDocument } from "./document.ts";
import { isName, isReference, type PdfDictionary, type PdfValue } from "./values.ts";

/** Appearances of one page, and runs of one of them. */
const MOST_APPEARANCES = 500;
const MOST_RUNS = 2_000;

/** The lines of text that appearances paint, by the ids of their annotations. */
export async function appearancesOf(
  annotations: readonly PdfAnnotation[],
  { objects, data, open }: { objects: FileObjects; data: Uint8Array; open: OpenPdf },
): Promise<Map<string, string[]>> {
  const wanted = annotations.slice(0, MOST_APPEARANCES).flatMap(({ id }) => {
    const page = toPage(id, objects);
    return page === undefined ? [] : [{ id, page }];
  });
  const pages = wanted.map(({ page }) => page);
  // The update would have to be encrypted as the file is.
  if (pages.length === 0 || objects.isEncrypted) return new Map();
  const document = await open(withPages(data, pages, objects)).catch(() => undefined);
  if (!document) return new Map();
  try {
    const ids = wanted.map(({ id }) => id);
    const isUpdated = (await document.getPage(1)).ref?.num === firstPage(objects);
    return isUpdated ? await linesOf(document, ids) : new Map();
  } catch (error) {
    // A file that pdf.js had to mend may not open a second time: its own text is there nevertheless.
    if (error instanceof ExtractionFailure) throw error;
    return new Map();
  } finally {
    await closePdf(document);
  }
}

async function linesOf(
  document: PdfDocument,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>();
  for (const [index, id] of ids.entries()) {
    lines.set(id, await textOf(document, index + 1));
  }
  return lines;
}

async function textOf(document: PdfDocument, number: number): Promise<string[]> {
  const page = await document.getPage(number);
  const pieces: string[] = [];
  for await (const items of contentOf(page)) {
    for (const { str, hasEOL } of items) pieces.push(str, hasEOL ? "\n" : "");
    if (pieces.length > 2 * MOST_RUNS) throw new ExtractionFailure("too_much_text");
  }
  page.cleanup();
  return pieces.join("").split("\n");
}

/** The entries of a page that shows the appearance of an annotation; undefined where it has none. */
function toPage(id: string, objects: FileObjects): string | undefined {
  const number = Number(/^(\d+)R/.exec(id)?.[1] ?? Number.NaN);
  const annotation = objects.dictionary({ reference: number });
  const normal = objects.dictionary(annotation.get("AP")).get("N");
  const appearance = appearanceOf(normal, annotation, objects);
  if (!isReference(appearance)) return undefined;
  const form = objects.dictionary(appearance);
  const box = written(objects.get(form.get("BBox")) ?? [0, 0, 1_000, 1_000]);
  const resources = written(form.get("Resources") ?? new Map());
  return `/MediaBox ${box} /Resources ${resources} /Contents ${appearance.reference} 0 R`;
}

/** The appearance itself, or that of the state in which the annotation is. */
function appearanceOf(
  normal: PdfValue | undefined,
  annotation: PdfDictionary,
  objects: FileObjects,
): PdfValue | undefined {
  const found = objects.dictionary(normal);
  if (found.has("BBox")) return normal;
  const state = annotation.get("AS");
  return isName(state) ? found.get(state.name) : undefined;
}

/** The number of the first page of an update, behind its catalog and its tree of pages. */
function firstPage(objects: FileObjects): number {
  return objects.highest + 3;
}

/** The same bytes, and an update whose catalog has these pages and no others. */
function withPages(
  data: Uint8Array,
  pages: readonly string[],
  objects: FileObjects,
): Uint8Array<ArrayBuffer> {
  const first = objects.highest + 1;
  const kids = pages.map((_, index) => `${firstPage(objects) + index} 0 R`).join(" ");
  const bodies = [
    `<< /Type /Catalog /Pages ${first + 1} 0 R >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    ...pages.map((page) => `<< /Type /Page /Parent ${first + 1} 0 R ${page} >>`),
  ];
  let update = "\n";
  const rows = bodies.map((body, index) => {
    const at = data.byteLength + update.length;
    update += `${first + index} 0 obj\n${body}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const start = data.byteLength + update.length;
  const previous = objects.tableAt === undefined ? "" : `/Prev ${objects.tableAt}`;
  update += `xref\n${first} ${rows.length}\n${rows.join("")}trailer\n<< /Size ${first + rows.length} /Root ${first} 0 R ${previous} >>\nstartxref\n${start}\n%%EOF\n`;
  const updated = new Uint8Array(data.byteLength + update.length);
  updated.set(data);
  updated.set(
    Uint8Array.from(update, (char) => char.charCodeAt(0)),
    data.byteLength,
  );
  return updated;
}

function written(value: PdfValue): string {
  if (value === null || typeof value === "number") return String(value);
  if (isReference(value)) return `${value.reference} 0 R`;
  if (isName(value)) return writtenName(value.name);
  if (Array.isArray(value)) return `[${value.map(written).join(" ")}]`;
  if (!(value instanceof Map)) return value.raw;
  const entries = [...value].map(([key, entry]) => `${writtenName(key)} ${written(entry)}`);
  return `<< ${entries.join(" ")} >>`;
}

function writtenName(name: string): string {
  const escaped = name.replace(
    /[^\w.+-]/g,
    (char) => `#${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `/${escaped}`;
}
