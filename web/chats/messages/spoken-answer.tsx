/** Reads an answer out to screen readers as it grows, sentence by sentence: the text on the screen changes too often. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type PageMessage, textOf } from "../page-message.ts";

type SpokenProps = { message: PageMessage | undefined; isGrowing: boolean };

export function SpokenAnswer({ message, isGrowing }: SpokenProps) {
  const [spoken, setSpoken] = useState<string[]>([]);
  const length = useRef(0);
  const isAnswer = message?.role === "assistant";
  const text = isAnswer ? textOf(message) : "";
  const wasGrowing = useRef(false);
  useEffect(() => {
    // What was there before is not read out.
    if (!isGrowing && !wasGrowing.current) return;
    if (isGrowing && !wasGrowing.current) length.current = 0;
    wasGrowing.current = isGrowing;
    const end = isGrowing ? endOfSentences(text) : text.length;
    if (end <= length.current) return;
    const next = text.slice(length.current, end);
    length.current = isGrowing ? end : 0;
    setSpoken((before) => [...before, next].slice(-MOST_KEPT));
  }, [text, isGrowing]);
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label="The newest answer">
      {spoken.map((sentence, index) => (
        <p key={index}>{sentence}</p>
      ))}
    </div>
  );
}

const MOST_KEPT = 20;

/** Where the last whole sentence ends. */
function endOfSentences(text: string): number {
  const ends = [...text.matchAll(/[.!?:](?=\s)|\n\n/g)];
  const last = ends.at(-1);
  return last ? last.index + last[0].length : 0;
}
