/** A PDF as it is printed: pages that are drawn as they are scrolled into view. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorState, Loading } from "../ui/states.tsx";
import type { PdfProps } from "./lazy-pdf.tsx";
import { openPdf, type PageSize, type PDFDocumentProxy, sizeOfPage } from "./pdf-document.ts";
import { PdfPage } from "./pdf-page.tsx";
import { PdfToolbar } from "./pdf-toolbar.tsx";
import { usePdfPlace } from "./use-pdf-place.ts";
import { useNearPages } from "./use-near-pages.ts";
import { useZoom } from "./use-zoom.ts";

export function PdfView({ bytes, ...rest }: PdfProps & { bytes: Uint8Array }) {
  const opened = useOpened(bytes);
  if (opened === "failed") {
    return <ErrorState text="This file cannot be drawn. Read it as text, or download it." />;
  }
  if (!opened) return <Loading label="Opening the document" />;
  return <Pages {...opened} {...rest} />;
}

type Opened = { pdf: PDFDocumentProxy; firstSize: PageSize };

function useOpened(bytes: Uint8Array): Opened | "failed" | undefined {
  const [opened, setOpened] = useState<Opened | "failed">();
  useEffect(() => {
    // The worker takes the bytes; a second opening of the same file needs them too.
    const task = openPdf(bytes.slice());
    let isWanted = true;
    const show = (next: Opened | "failed") => isWanted && setOpened(next);
    task.promise
      .then(async (pdf) => ({ pdf, firstSize: await sizeOfPage(pdf, 1) }))
      .then(show, () => show("failed"));
    return () => {
      isWanted = false;
      void task.destroy();
    };
  }, [bytes]);
  return opened;
}

function Pages({ pdf, firstSize, place, quotation, isMissing }: Opened & PdfProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const zoom = useZoom(scroller, firstSize);
  const near = useNearPages(scroller, pdf.numPages);
  const { current, goTo, onMarked } = usePdfPlace(scroller, {
    pdf,
    place,
    quotation,
    isMissing,
    isLaidOut: zoom.isMeasured,
  });
  const pieces = quotation.value?.pieces ?? [];
  return (
    <>
      <PdfToolbar zoom={zoom} page={current} pages={pdf.numPages} onPage={goTo} />
      <div class="pdf-scroller" ref={scroller} tabIndex={0} role="region" aria-label="Pages">
        {Array.from({ length: pdf.numPages }, (_, index) => index + 1).map((number) => (
          <PdfPage
            key={number}
            pdf={pdf}
            number={number}
            scale={zoom.scale}
            usualSize={firstSize}
            isNear={near.has(number)}
            pieces={pieces}
            onMarked={onMarked}
          />
        ))}
      </div>
    </>
  );
}
