/** Extracts the text of a file. It reads only from the given source and buffers little of it. */
import type { ReadCMap } from "../../../clients/cmaps.ts";
import { ExtractionFailure, type FailureCode } from "../failures.ts";
import type { Source } from "./byte-source.ts";
import { readDocx } from "./docx/docx.ts";
import { readHtml } from "./html/html.ts";
import { type FileKind, isImage } from "./kind.ts";
import { readMail } from "./mail/mail.ts";
import { readOdt } from "./odt/odt.ts";
import { type ExtractedPage, PageWriter } from "./pages.ts";
import { holdPdf, openPdf } from "./pdf/document.ts";
import { nameFonts } from "./pdf/nameless-fonts.ts";
import { type PageWindow, readPdf } from "./pdf/pdf.ts";
import { refuseBombs } from "./pdf/bombs.ts";
import { readImage } from "./pictures/images.ts";
import { readXlsx } from "./sheet/xlsx.ts";
import { readCsv } from "./text/csv.ts";
import { readMarkdown, readText } from "./text/text.ts";

export type { Source } from "./byte-source.ts";
export type { ExtractedPage } from "./pages.ts";

/**
 * `textBefore`: code points of the pages before the window, for checks on the whole document.
 * `readCMap`: returns the bytes of a pdf.js CMap by its file name, for fonts that name one.
 * `encoding`: the client's declared encoding of a text; without it the bytes decide. `mayLackText`:
 * accept a document of pictures alone, because they are transcribed later.
 */
type Window = PageWindow & {
  textBefore?: number;
  readCMap: ReadCMap;
  encoding?: string | undefined;
  mayLackText?: boolean;
};

type Extraction = {
  /** The page count of the whole document; undefined for formats without fixed pages. */
  pageCount: number | undefined;
  /** Iterate to the end or call `return`: the document stays open until then. */
  pages: AsyncIterable<ExtractedPage>;
};

/**
 * Opens a file of a kind that `recognise` returned. Only a PDF is extracted in windows; other files
 * are extracted completely, whatever the window. Throws ExtractionFailure here or while the pages
 * are iterated; for a document without any text, at its end.
 */
export async function extractDocument(
  kind: FileKind,
  source: Source,
  window: Window,
): Promise<Extraction> {
  if (source.size === 0) throw new ExtractionFailure("empty");
  const safe = watched(source);
  if (kind === "pdf") return withFailure(() => readWindow(safe, window));
  const otherwise = isImage(kind) ? scanFailure(window.mayLackText) : "empty";
  const pages = checked(readWhole(kind, safe, window.encoding), { textBefore: 0, otherwise });
  return { pageCount: undefined, pages };
}

async function* readWhole(
  kind: Exclude<FileKind, "pdf">,
  source: Source,
  encoding: string | undefined,
): AsyncGenerator<ExtractedPage> {
  const writer = new PageWriter({ page: 1, textBefore: 0 });
  if (kind === "docx") yield* readDocx(source);
  else if (kind === "odt") yield* readOdt(source, writer);
  else if (kind === "xlsx") yield* readXlsx(source, writer);
  else if (kind === "mail") yield* readMail(source, writer);
  else if (isImage(kind)) yield* readImage(kind, source, writer);
  else yield* READERS[kind](source, writer, encoding);
}

const READERS = { html: readHtml, markdown: readMarkdown, text: readText, csv: readCsv };

async function readWindow(
  { size, stream }: Source,
  { textBefore = 0, readCMap, mayLackText, ...window }: Window,
): Promise<Extraction> {
  const data = await holdPdf({ size, body: await stream() });
  const measured = refuseBombs(data);
  nameFonts(data);
  const cMaps = new WatchedCMaps(readCMap);
  const open = (bytes: Uint8Array) => openPdf(bytes, cMaps.read);
  const document = await open(data);
  const writer = new PageWriter({ page: window.fromPage, textBefore });
  const pages = cMaps.checked(readPdf(document, writer, { ...window, ...measured, open }));
  const otherwise = scanFailure(mayLackText);
  return { pageCount: document.numPages, pages: checked(pages, { textBefore, otherwise }) };
}

/** Returns the failure of a document of pictures; undefined if they will be transcribed. */
function scanFailure(mayLackText = false): FailureCode | undefined {
  return mayLackText ? undefined : "needs_ocr";
}

/**
 * Passes the pages on. Throws at the end of a document without any text, unless it may lack text.
 */
async function* checked(
  pages: AsyncGenerator<ExtractedPage>,
  { textBefore, otherwise }: { textBefore: number; otherwise: FailureCode | undefined },
): AsyncGenerator<ExtractedPage> {
  let hasText = textBefore > 0;
  try {
    for await (const page of pages) {
      hasText ||= page.text.trim() !== "";
      if (page.isLast && !hasText && otherwise) throw new ExtractionFailure(otherwise);
      yield page;
    }
  } catch (error) {
    throw asFailure(error);
  }
}

async function withFailure<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw asFailure(error);
  }
}

/**
 * Maps parser errors to ExtractionFailure, since each parser throws its own errors for damaged
 * files. Errors of the source pass through: the file did not cause them.
 */
function asFailure(error: unknown): unknown {
  if (error instanceof ExtractionFailure) return error;
  if (error instanceof SourceFailure) return error.cause;
  const isLocked = error instanceof Error && error.name === "PasswordException";
  return new ExtractionFailure(isLocked ? "encrypted" : "damaged", { cause: error });
}

class SourceFailure extends Error {}

/** Remembers a failed CMap download: pdf.js would continue without the CMap and lose text. */
class WatchedCMaps {
  #failure: SourceFailure | undefined;
  readonly read: ReadCMap;

  constructor(read: ReadCMap) {
    this.read = (fileName) =>
      read(fileName).catch((cause) => {
        this.#failure = new SourceFailure("a CMap is missing", { cause });
        throw this.#failure;
      });
  }

  async *checked(pages: AsyncGenerator<ExtractedPage>): AsyncGenerator<ExtractedPage> {
    for await (const page of pages) {
      if (this.#failure) throw this.#failure;
      yield page;
    }
  }
}

/** Wraps the source so that its own errors can be distinguished from errors of the parser. */
function watched(source: Source): Source {
  return {
    size: source.size,
    read: (start, length) => source.read(start, length).catch(failSource),
    stream: async () => watchedBody(await source.stream().catch(failSource)),
  };
}

async function* watchedBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    failSource(cause);
  }
}

function failSource(cause: unknown): never {
  // The object may be gone: the caller needs that specific failure.
  if (cause instanceof ExtractionFailure) throw cause;
  throw new SourceFailure("the source failed", { cause });
}
