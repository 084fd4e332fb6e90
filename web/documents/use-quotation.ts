/** The words that an address names by their offsets. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { type DocumentText, type PagePiece, piecesOf, textBetween } from "./document-text.ts";
import type { Place } from "./place.ts";

export type Quotation = {
  /** The quoted words; of an elided quotation, its parts. */
  words: readonly string[];
  pieces: readonly PagePiece[];
  /** True where a model transcribed the words from a picture. */
  isTranscribed: boolean;
};

/** Undefined until the text is loaded that far. */
export function useQuotation(
  text: DocumentText,
  place: Place,
): ReadonlySignal<Quotation | undefined> {
  const quotation = useMemo(() => signal<Quotation | undefined>(undefined), [text, place]);
  const end = Math.max(0, ...place.ranges.map((range) => range.end));
  useEffect(() => void text.loadTo(end), [text, end]);
  useEffect(() => {
    const stop = text.parts.subscribe((parts) => {
      const isThere = end > 0 && (parts.at(-1)?.end ?? 0) >= end;
      if (isThere && !quotation.peek()) quotation.value = read(parts, place);
    });
    return stop;
  }, [text, place]);
  return quotation;
}

function read(parts: DocumentText["parts"]["value"], { ranges }: Place): Quotation {
  const touched = parts.filter((part) =>
    ranges.some(({ start, end }) => part.start < end && part.end > start),
  );
  return {
    words: ranges.map((range) => textBetween(parts, range)),
    pieces: ranges.flatMap((range) => piecesOf(parts, range)),
    isTranscribed: touched.some(({ source }) => source === "ocr"),
  };
}
