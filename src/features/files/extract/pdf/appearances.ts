/**
 * Extracts the text that signatures and stamps paint, which pdf.js does not return. It opens the
 * same bytes again with an incremental update that turns each appearance into the content of a
 * page, so that the usual page extraction and its limits apply.
 */
import { ExtractionFailure } from "../../failures.ts";
import type { PdfAnnotation } from "./annotations.ts";
import type { FileObjects } from "./file-objects.ts";
import { closePdf, contentOf, type OpenPdf, type PdfDocument } from "./document.ts";
import { isName, isReference, type PdfDictionary, type PdfValue } from "./values.ts";

/** Appearances of one page, and runs of one appearance. */
const MOST_APPEARANCES = 500;
const MOST_RUNS = 2_000;

/** Returns the lines of text that appearances paint, by annotation id. */
export async function appearancesOf(
  annotations: readonly PdfAnnotation[],
  { objects, data, open }: { objects: FileObjects; data: Uint8Array; open: OpenPdf },
): Promise<Map<string, string[]>> {
  const wanted = annotations.slice(0, MOST_APPEARANCES).flatMap(({ id }) => {
    const page = toPage(id, objects);
    return page === undefined ? [] : [{ id, page }];
  });
  const pages = wanted.map(({ page }) => page);
  // The update would have to be encrypted like the file.
  if (pages.length === 0 || objects.isEncrypted) return new Map();
  const document = await open(withPages(data, pages, objects)).catch(() => undefined);
  if (!document) return new Map();
  try {
    const ids = wanted.map(({ id }) => id);
    const isUpdated = (await document.getPage(1)).ref?.num === firstPage(objects);
    return isUpdated ? await linesOf(document, ids) : new Map();
  } catch (error) {
    // pdf.js may fail to repair a file a second time; the text of the page itself is already
    // extracted.
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

/**
 * Returns the entries of a page that shows the appearance of an annotation; undefined without one.
 */
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

/** Returns the appearance, or the one for the annotation's current state. */
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

/** Returns the number of the first page object in an update, after its catalog and page tree. */
function firstPage(objects: FileObjects): number {
  return objects.highest + 3;
}

/** Appends an incremental update whose catalog has only these pages. */
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
