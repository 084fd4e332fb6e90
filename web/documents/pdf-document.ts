/** The library that draws PDFs, with what it loads from our own assets: see `local/pdf-assets.ts`. */
import {
  getDocument,
  GlobalWorkerOptions,
  type PDFDocumentLoadingTask,
  type PDFDocumentProxy,
  type PDFPageProxy,
  TextLayer,
  version,
} from "pdfjs-dist";

const FOLDER = `/app/assets/pdfjs-${version}`;

GlobalWorkerOptions.workerSrc = `${FOLDER}/pdf.worker.min.mjs`;

/** Opens a PDF; its bytes are moved to the worker. Destroy the task to free what it holds. */
export function openPdf(bytes: Uint8Array): PDFDocumentLoadingTask {
  return getDocument({
    data: bytes,
    cMapUrl: `${FOLDER}/cmaps/`,
    standardFontDataUrl: `${FOLDER}/standard_fonts/`,
    wasmUrl: `${FOLDER}/wasm/`,
    iccUrl: `${FOLDER}/iccs/`,
    enableXfa: false,
  });
}

export type { PDFDocumentProxy };

/** In CSS pixels, at the scale 1. */
export type PageSize = { width: number; height: number };

/** The size of a page. */
export async function sizeOfPage(pdf: PDFDocumentProxy, number: number): Promise<PageSize> {
  const { width, height } = (await pdf.getPage(number)).getViewport({ scale: 1 });
  return { width, height };
}

/** A canvas with more pixels takes too much memory: it is drawn coarser. */
const MOST_PIXELS = 12_000_000;

type DrawOptions = { scale: number; host: HTMLElement; signal: AbortSignal };

/**
 * Draws a page into an element, in place of what it holds, with its text as a transparent layer above. Resolves with the
 * elements of the text's runs, in the order of the PDF; undefined once it is aborted.
 */
export async function drawPage(
  pdf: PDFDocumentProxy,
  number: number,
  { scale, host, signal }: DrawOptions,
): Promise<HTMLElement[] | undefined> {
  const page = await pdf.getPage(number);
  if (signal.aborted) return undefined;
  const layer = document.createElement("div");
  layer.className = "textLayer";
  const canvas = startCanvas(page, scale, signal);
  const text = new TextLayer({
    textContentSource: page.streamTextContent({ includeMarkedContent: true }),
    container: layer,
    viewport: page.getViewport({ scale }),
  });
  signal.addEventListener("abort", () => text.cancel());
  try {
    await Promise.all([canvas.drawn, text.render()]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
  if (signal.aborted) return undefined;
  host.replaceChildren(canvas.element, layer);
  return text.textDivs;
}

function startCanvas(page: PDFPageProxy, scale: number, signal: AbortSignal) {
  const { width, height } = page.getViewport({ scale });
  const sharpest = Math.sqrt(MOST_PIXELS / (width * height));
  const sharpness = Math.min(window.devicePixelRatio || 1, sharpest);
  const element = document.createElement("canvas");
  element.width = Math.floor(width * sharpness);
  element.height = Math.floor(height * sharpness);
  // The text above it is what screen readers read.
  element.setAttribute("aria-hidden", "true");
  const viewport = page.getViewport({ scale: scale * sharpness });
  const task = page.render({ canvas: element, viewport });
  signal.addEventListener("abort", () => task.cancel());
  return { element, drawn: task.promise };
}
