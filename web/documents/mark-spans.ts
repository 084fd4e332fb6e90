/** Wraps parts of elements' texts in `<mark>`. */
import type { RunSpan } from "./find-quote.ts";

/** Each element holds nothing but the text of its run. Returns the marks, in order. */
export function markSpans(runs: readonly HTMLElement[], spans: readonly RunSpan[]): HTMLElement[] {
  const marks: HTMLElement[] = [];
  for (const [index, element] of runs.entries()) {
    // What was quoted before.
    if (element.childElementCount > 0) element.textContent = element.textContent ?? "";
    const within = spans.filter(({ run }) => run === index).toSorted((a, b) => a.start - b.start);
    if (within.length > 0) marks.push(...markWithin(element, within));
  }
  return marks;
}

function markWithin(element: HTMLElement, spans: readonly RunSpan[]): HTMLElement[] {
  const text = element.textContent ?? "";
  const marks: HTMLElement[] = [];
  let shown = 0;
  element.replaceChildren();
  for (const { start, end } of spans) {
    const from = Math.max(start, shown);
    if (from >= end) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, end);
    element.append(text.slice(shown, from), mark);
    marks.push(mark);
    shown = end;
  }
  element.append(text.slice(shown));
  return marks;
}
