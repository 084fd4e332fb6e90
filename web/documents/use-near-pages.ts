/** Which pages are worth drawing. */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Above and below what is seen, in parts of its height. */
const MARGIN = "75% 0px";

/** The numbers of the pages that are seen, or nearly. */
export function useNearPages(
  scroller: RefObject<HTMLDivElement | null>,
  pages: number,
): ReadonlySet<number> {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => {
    const root = scroller.current;
    if (!root) return undefined;
    const onChange: IntersectionObserverCallback = (entries) =>
      setNear((old) => changed(old, entries));
    const observer = new IntersectionObserver(onChange, { root, rootMargin: MARGIN });
    for (const page of root.querySelectorAll("[data-page]")) observer.observe(page);
    return () => observer.disconnect();
  }, [pages]);
  return near;
}

function changed(
  old: ReadonlySet<number>,
  entries: readonly IntersectionObserverEntry[],
): ReadonlySet<number> {
  const near = new Set(old);
  for (const { target, isIntersecting } of entries) {
    const number = Number(target instanceof HTMLElement && target.dataset.page);
    if (isIntersecting) near.add(number);
    else near.delete(number);
  }
  return near;
}
