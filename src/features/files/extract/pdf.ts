/** PDF, a window of pages at a time. Nothing is rendered, run or fetched: only text is asked for. */
import { getResolvedPDFJS } from "unpdf";
import { ExtractionFailure } from "../failures.ts";
import type { ExtractedPage, PageWriter } from "./pages.ts";
import { PdfLines } from "./pdf-lines.ts";

/** Bytes of a file that is read, which is held while it is. */
const LARGEST_PDF = 25 * 1024 * 1024;
const MOST_PAGES = 2_000;
/** Pages after which fonts are forgotten, which the next page mostly needs again. */
const KEPT_PAGES = 10;

type PdfJs = Awaited<ReturnType<typeof getResolvedPDFJS>>;
type PdfDocument = Awaited<ReturnType<PdfJs["getDocument"]>["promise"]>;
type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;

/** Pages from 1; those that the document does not have are left out. */
export type PageWindow = { fromPage: number; pages: number };

/** Holds a file that is not too large for it. */
export async function holdPdf(source: {
  size: number;
  body: AsyncIterable<Uint8Array>;
}): Promise<Uint8Array> {
  if (source.size > LARGEST_PDF) throw new ExtractionFailure("too_large");
  const whole = new Uint8Array(source.size);
  let filled = 0;
  for await (const chunk of source.body) {
    if (filled + chunk.byteLength > source.size) throw new ExtractionFailure("changed");
    whole.set(chunk, filled);
    filled += chunk.byteLength;
  }
  if (filled < source.size) throw new ExtractionFailure("changed");
  return whole;
}

/** Opens a document of at most 2,000 pages. Whoever opens it closes it. */
export async function openPdf(data: Uint8Array): Promise<PdfDocument> {
  if (!hasEnd(data)) throw new ExtractionFailure("damaged");
  const document = await parse(data);
  if (document.numPages <= MOST_PAGES) return document;
  await closePdf(document);
  throw new ExtractionFailure("too_many_pages");
}

async function closePdf(document: PdfDocument): Promise<void> {
  await document.loadingTask.destroy();
}

/** The text of a window of pages, page by page, and closes the document at the end. */
export async function* readPdf(
  document: PdfDocument,
  writer: PageWriter,
  { fromPage, pages }: PageWindow,
): AsyncGenerator<ExtractedPage> {
  const last = Math.min(fromPage + pages - 1, document.numPages);
  const lines = new PdfLines(writer);
  try {
    for (let number = fromPage; number <= last; number++) {
      await readPage(await document.getPage(number), lines);
      // What is kept of one page, such as its fonts, would be kept of all.
      if (number % KEPT_PAGES === 0) await document.cleanup();
      if (number < last) writer.turnPage();
      yield* writer.take();
    }
    yield* writer.end(last === document.numPages);
  } finally {
    await closePdf(document);
  }
}

async function readPage(page: PdfPage, lines: PdfLines): Promise<void> {
  const reader = page.streamTextContent().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    lines.add(next.value.items);
  }
  lines.endPage();
  page.cleanup();
}

async function parse(data: Uint8Array): Promise<PdfDocument> {
  const { getDocument } = await getResolvedPDFJS();
  const task = getDocument({
    data,
    verbosity: 0,
    disableFontFace: true,
    useWorkerFetch: false,
    useWasm: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
    maxImageSize: 0,
  });
  try {
    return await task.promise;
  } catch (error) {
    await task.destroy();
    throw error;
  }
}

/** Where its end is missing, part of a document could be taken for all of it. */
function hasEnd(data: Uint8Array): boolean {
  let end = data.byteLength;
  while (end > 0 && (data[end - 1] ?? 0) <= 0x20) end--;
  const tail = new TextDecoder("windows-1252").decode(data.subarray(Math.max(0, end - 1024), end));
  return /startxref|%%EOF/.test(tail);
}
