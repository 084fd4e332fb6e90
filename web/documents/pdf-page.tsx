/** One page of a PDF: an empty sheet until it is near what is seen. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PagePiece } from "./document-text.ts";
import { findInRuns } from "./find-quote.ts";
import { markSpans } from "./mark-spans.ts";
import { drawPage, type PageSize, type PDFDocumentProxy, sizeOfPage } from "./pdf-document.ts";

type PdfPageProps = {
  pdf: PDFDocumentProxy;
  number: number;
  scale: number;
  /** Until the page's own is known. */
  usualSize: PageSize;
  isNear: boolean;
  /** The quoted words, of all pages. */
  pieces: readonly PagePiece[];
  /** Called once the page is drawn; without marks where the words were not found. */
  onMarked: (number: number, marks: readonly HTMLElement[]) => void;
};

export function PdfPage({ pdf, number, scale, usualSize, isNear, pieces, onMarked }: PdfPageProps) {
  const sheet = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(usualSize);
  const [runs, setRuns] = useState<readonly HTMLElement[]>();
  useEffect(() => {
    if (!isNear || !sheet.current) return undefined;
    const aborting = new AbortController();
    const host = sheet.current;
    const draw = async () => {
      setSize(await sizeOfPage(pdf, number));
      const drawn = await drawPage(pdf, number, { scale, host, signal: aborting.signal });
      if (drawn) setRuns(drawn);
    };
    draw().catch(() => host.replaceChildren(failure()));
    return () => aborting.abort();
  }, [pdf, isNear, scale]);
  useEffect(() => {
    // What is far away takes no memory.
    if (isNear || !runs) return;
    sheet.current?.replaceChildren();
    setRuns(undefined);
  }, [isNear]);
  useEffect(() => {
    if (runs && pieces.length > 0) onMarked(number, markPieces(runs, number, pieces));
  }, [runs, pieces]);
  const style = {
    width: `${size.width * scale}px`,
    height: `${size.height * scale}px`,
    "--total-scale-factor": String(scale),
  };
  return (
    <div class="pdf-page" role="region" aria-label={`Page ${number}`} data-page={number}>
      <div class="pdf-sheet" ref={sheet} style={style} />
    </div>
  );
}

function markPieces(
  runs: readonly HTMLElement[],
  number: number,
  pieces: readonly PagePiece[],
): HTMLElement[] {
  const texts = runs.map((run) => run.textContent ?? "");
  const spans = pieces
    .filter(({ page }) => page === number)
    .flatMap((piece) => findInRuns(texts, piece));
  return markSpans(runs, spans);
}

function failure(): HTMLElement {
  const text = document.createElement("p");
  text.className = "pdf-failure";
  text.textContent = "This page cannot be drawn.";
  return text;
}
