/** Extracts PDF text in windows of pages. */
import type { ExtractedPage, PageWriter } from "../pages.ts";
import type { Measured } from "./bombs.ts";
import { closePdf, type OpenPdf, type PdfDocument } from "./document.ts";
import { NEIGHBOURS } from "../pdf-layout/running-heads.ts";
import { firstPageRead } from "../pdf-lines.ts";
import { PageReader } from "./page-reader.ts";

/** Pages after which pdf.js frees its fonts; the next page mostly needs the same ones. */
const KEPT_PAGES = 10;

/** Pages are counted from 1; missing ones are skipped. */
export type PageWindow = { fromPage: number; pages: number };

/** Yields the text of a window of pages, page by page, and closes the document at the end. */
export async function* readPdf(
  document: PdfDocument,
  writer: PageWriter,
  { fromPage, pages, ...options }: PageWindow & Measured & { open: OpenPdf },
): AsyncGenerator<ExtractedPage> {
  const lastPage = Math.min(fromPage + pages - 1, document.numPages);
  const reader = new PageReader(document, writer, { fromPage, lastPage, ...options });
  try {
    const end = Math.min(lastPage + NEIGHBOURS, document.numPages);
    for (let number = firstPageRead(fromPage); number <= end; number++) {
      await reader.read(await document.getPage(number));
      // Otherwise pdf.js would keep the resources of every page, such as its fonts.
      if (number % KEPT_PAGES === 0) await document.cleanup();
      yield* writer.take();
    }
    reader.end();
    yield* writer.end(lastPage === document.numPages);
  } finally {
    await closePdf(document);
  }
}
