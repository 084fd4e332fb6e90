/** The quoted words beside their document, also where its pages cannot show them. */
import type { ReadonlySignal } from "@preact/signals";
import type { Place } from "./place.ts";
import type { Quotation } from "./use-quotation.ts";

type QuoteNoteProps = {
  quotation: ReadonlySignal<Quotation | undefined>;
  place: Place;
  /** True once the pages have turned out not to have the words. */
  isMissing: ReadonlySignal<boolean>;
};

export function QuoteNote({ quotation, place: { page }, isMissing }: QuoteNoteProps) {
  const found = quotation.value;
  if (!found) return null;
  return (
    <aside class="quote-note" aria-label="Quotation">
      <p class="quote-where">{page === undefined ? "Quoted here:" : `Quoted on page ${page}:`}</p>
      <blockquote>{found.words.map((words) => words.trim()).join(" … ")}</blockquote>
      {found.isTranscribed && (
        <p class="quote-warning">
          A model transcribed these words from a picture, and may have misread them.
        </p>
      )}
      {isMissing.value && (
        <p class="quote-warning">The page is shown, and has no text in which to highlight them.</p>
      )}
    </aside>
  );
}
