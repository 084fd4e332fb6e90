/** Which page is seen, and how to get to the place that the address names. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../app/announce.tsx";
import type { PdfProps } from "./lazy-pdf.tsx";
import type { PDFDocumentProxy } from "./pdf-document.ts";

type PdfPlace = {
  /** The page in the middle of what is seen. */
  current: number;
  goTo: (page: number) => void;
  /** To be called with the marks of a page that has been drawn. */
  onMarked: (page: number, marks: readonly HTMLElement[]) => void;
};

type PlaceOptions = PdfProps & {
  pdf: PDFDocumentProxy;
  /** False while the pages do not have their size. */
  isLaidOut: boolean;
};

export function usePdfPlace(
  scroller: RefObject<HTMLDivElement | null>,
  { pdf, place, quotation, isMissing, isLaidOut }: PlaceOptions,
): PdfPlace {
  const [current, setCurrent] = useState(1);
  const shown = useRef<PlaceOptions["place"]>(undefined);
  const first = quotation.value?.pieces[0]?.page ?? place.page;
  const goTo = (page: number) => {
    const target = scroller.current?.querySelector(`[data-page="${page}"]`);
    target?.scrollIntoView({ block: "start" });
  };
  useEffect(() => {
    if (isLaidOut && first !== undefined) goTo(Math.min(first, pdf.numPages));
  }, [place, first, isLaidOut]);
  useEffect(() => watchPage(scroller.current, setCurrent), []);
  const onMarked = (page: number, marks: readonly HTMLElement[]) => {
    if (page !== first || shown.current === place) return;
    shown.current = place;
    isMissing.value = marks.length === 0;
    marks[0]?.scrollIntoView({ block: "center" });
    announce(
      marks.length > 0
        ? `The quotation is highlighted on page ${page}.`
        : `Page ${page} is shown. The quotation cannot be highlighted on it.`,
    );
  };
  return { current, goTo, onMarked };
}

/** Calls `onPage` with the page in the middle whenever that may be another one. */
function watchPage(
  scroller: HTMLElement | null,
  onPage: (page: number) => void,
): (() => void) | undefined {
  if (!scroller) return undefined;
  const onScroll = () => {
    const { left, top, width, height } = scroller.getBoundingClientRect();
    const middle = document.elementFromPoint(left + width / 2, top + height / 2);
    const page = middle?.closest<HTMLElement>("[data-page]")?.dataset.page;
    if (page !== undefined) onPage(Number(page));
  };
  scroller.addEventListener("scroll", onScroll, { passive: true });
  return () => scroller.removeEventListener("scroll", onScroll);
}
