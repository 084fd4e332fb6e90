/** A document as its text, page by page, as far as it is scrolled. */
import { useEffect, useRef } from "preact/hooks";
import { ErrorState, Loading } from "../ui/states.tsx";
import type { DocumentText } from "./document-text.ts";
import type { Place } from "./place.ts";
import { TextPartView } from "./text-part.tsx";

export function TextView({ text, place }: { text: DocumentText; place: Place }) {
  const scroller = useRef<HTMLDivElement>(null);
  const parts = text.parts.value;
  useStartingPlace(scroller, text, place);
  return (
    <div class="text-view" ref={scroller} tabIndex={0} role="region" aria-label="Text">
      <div class="text-column">
        {parts.map((part, index) => (
          <TextPartView
            key={index}
            part={part}
            isNewPage={part.page !== null && part.page !== parts[index - 1]?.page}
            ranges={place.ranges}
          />
        ))}
        <Rest text={text} />
      </div>
    </div>
  );
}

/** Scrolls to the words once they are loaded, or to the page. */
function useStartingPlace(
  scroller: { current: HTMLDivElement | null },
  text: DocumentText,
  place: Place,
): void {
  const reached = useRef<Place>(undefined);
  const count = text.parts.value.length;
  useEffect(() => {
    const { page, ranges } = place;
    if (reached.current === place || (page === undefined && ranges.length === 0)) return;
    const selector = ranges.length > 0 ? "mark" : `[data-page="${page}"]`;
    const target = scroller.current?.querySelector(selector);
    if (!target) {
      // The words are loaded by their offsets.
      if (ranges.length === 0 && !text.isComplete.value) void text.loadMore();
      return;
    }
    reached.current = place;
    target.scrollIntoView({ block: ranges.length > 0 ? "center" : "start" });
  }, [place, count]);
}

/** Loads the next parts once they are scrolled to. */
function Rest({ text }: { text: DocumentText }) {
  const end = useRef<HTMLDivElement>(null);
  const { isComplete, error, parts } = text;
  useEffect(() => {
    if (!end.current) return undefined;
    const onSeen: IntersectionObserverCallback = ([entry]) => {
      if (entry?.isIntersecting) void text.loadMore();
    };
    const observer = new IntersectionObserver(onSeen, { rootMargin: "600px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [text, parts.value.length, error.value]);
  if (error.value !== undefined) {
    return <ErrorState text={error.value} onRetry={() => void text.loadMore()} />;
  }
  if (isComplete.value) return null;
  return (
    <div ref={end}>
      <Loading label="Loading the text" />
    </div>
  );
}
