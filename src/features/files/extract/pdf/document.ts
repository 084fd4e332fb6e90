/** Opens a PDF in pdf.js for text extraction only: nothing is rendered, executed or fetched. */
import { getResolvedPDFJS } from "unpdf";
import type { ReadCMap } from "../../../../clients/cmaps.ts";
import { ExtractionFailure } from "../../failures.ts";
import type { PdfChunk, PdfItem } from "./items.ts";

/** In bytes, of a file, which is buffered while it is extracted. */
const LARGEST_PDF = 25 * 1024 * 1024;
const MOST_PAGES = 2_000;

type PdfJs = Awaited<ReturnType<typeof getResolvedPDFJS>>;
export type PdfDocument = Awaited<ReturnType<PdfJs["getDocument"]>["promise"]>;
export type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;

/**
 * Buffers a file. Throws `too_large` above the limit, and `changed` if the length differs from
 * `size`.
 */
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

/**
 * Opens a document of at most 2,000 pages; throws ExtractionFailure for others. The caller closes
 * it.
 */
export async function openPdf(data: Uint8Array, readCMap: ReadCMap): Promise<PdfDocument> {
  if (!hasEnd(data)) throw new ExtractionFailure("damaged");
  const document = await parse(data, readCMap);
  if (document.numPages <= MOST_PAGES) return document;
  await closePdf(document);
  throw new ExtractionFailure("too_many_pages");
}

/** Opens the same file again. */
export type OpenPdf = (data: Uint8Array) => Promise<PdfDocument>;

export async function closePdf(document: PdfDocument): Promise<void> {
  await document.loadingTask.destroy();
}

/** Yields the runs of a page's content, batch by batch, as pdf.js streams them. */
export async function* contentOf(page: PdfPage): AsyncGenerator<PdfItem[]> {
  // Ligatures of right-to-left text must be reordered before they are replaced by their letters.
  const content: ReadableStream<PdfChunk> = page.streamTextContent({ disableNormalization: true });
  const reader = content.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    yield next.value.items.filter((item): item is PdfItem => "str" in item);
  }
}

async function parse(data: Uint8Array, readCMap: ReadCMap): Promise<PdfDocument> {
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
    BinaryDataFactory: cMapFactory(readCMap),
  });
  try {
    return await task.promise;
  } catch (error) {
    await task.destroy();
    throw error;
  }
}

/** Returns a pdf.js factory that serves only the CMaps that a font names. */
function cMapFactory(readCMap: ReadCMap) {
  return class {
    async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
      if (kind !== "cMapUrl") throw new Error("text needs no programs of fonts");
      return readCMap(filename);
    }
  };
}

/**
 * True if the end of the file is present. Without it, part of a document could pass for all of it.
 */
function hasEnd(data: Uint8Array): boolean {
  let end = data.byteLength;
  while (end > 0 && (data[end - 1] ?? 0) <= 0x20) end--;
  const tail = new TextDecoder("windows-1252").decode(data.subarray(Math.max(0, end - 1024), end));
  return /startxref|%%EOF/.test(tail);
}
