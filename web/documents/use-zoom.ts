/** How large pages are drawn. */
import { type RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageSize } from "./pdf-document.ts";

export type Zoom = {
  /** CSS pixels for each point of a PDF. */
  scale: number;
  /** 100 is the size on paper. */
  percent: number;
  in: () => void;
  out: () => void;
  /** As wide as there is room. */
  fit: () => void;
  /** False until it is known how much room there is. */
  isMeasured: boolean;
};

const PIXELS_PER_POINT = 96 / 72;
const STEP = 1.2;
const SMALLEST = 0.25 * PIXELS_PER_POINT;
const LARGEST = 4 * PIXELS_PER_POINT;
/** Beside a page, on both sides together. */
const MARGIN_PX = 32;
/** A page is not fitted to more than this. */
const WIDEST_PX = 900;

export function useZoom(scroller: RefObject<HTMLDivElement | null>, { width }: PageSize): Zoom {
  const [room, setRoom] = useState(0);
  const [chosen, choose] = useState<number>();
  useEffect(() => {
    if (!scroller.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect.width));
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  const fitting = Math.min(Math.max(room - MARGIN_PX, 200), WIDEST_PX) / width;
  const scale = chosen ?? fitting;
  useSamePlace(scroller, scale);
  const set = (wanted: number) => choose(Math.min(Math.max(wanted, SMALLEST), LARGEST));
  return {
    scale,
    percent: Math.round((scale / PIXELS_PER_POINT) * 100),
    in: () => set(scale * STEP),
    out: () => set(scale / STEP),
    fit: () => choose(undefined),
    isMeasured: room > 0,
  };
}

/** Keeps what is in the middle there where pages become larger or smaller. */
function useSamePlace(scroller: RefObject<HTMLDivElement | null>, scale: number): void {
  const last = useRef(scale);
  useLayoutEffect(() => {
    const growth = scale / last.current;
    last.current = scale;
    if (!scroller.current) return;
    const half = scroller.current.clientHeight / 2;
    scroller.current.scrollTop = (scroller.current.scrollTop + half) * growth - half;
  }, [scale]);
}
