/** PDF, a window of pages at a time. */
import type { ExtractedPage, PageWriter } from "../pages.ts";
import type { Measured } from "./bombs.ts";
import { closePdf, type OpenPdf, type PdfDocument } from "./document.ts";
import { PageReader } from "./page-reader.ts";

/** Pages after which fonts are forgotten, which the next page mostly needs again. */
const KEPT_PAGES = 10;

/** Pages from 1; those that the document does not have are left out. */
export type PageWindow = { fromPage: number; pages: number };

/** The text of a window of pages, page by page, and closes the document at the end. */
export async function* readPdf(
  document: PdfDocument,
  writer: PageWriter,
  { fromPage, pages, ...options }: PageWindow & Measured & { open: OpenPdf },
): AsyncGenerator<ExtractedPage> {
  const last = Math.min(fromPage + pages - 1, document.numPages);
  const reader = new PageReader(document, writer, options);
  try {
    for (let number = fromPage; number <= last; number++) {
      await reader.read(await document.getPage(number));
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
