/** Snippets of what was found: HTML that is safe to insert, with what matched in `<mark>`. Pure. */
import { firstCodePoints } from "../../lib/text.ts";

/** Stand around what matched until the text is escaped; no text that is searched keeps them. */
export const MARK_START = "\u0002";
export const MARK_END = "\u0003";

const MARKS = /[\u0002\u0003]/g;
const LONGEST_SNIPPET = 400;
const WORD = /[\p{L}\p{N}]+/gu;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text with marks as HTML: everything in it escaped but the marks. */
export function toSnippet(marked: string): string {
  const line = marked.replace(/\s+/g, " ").trim();
  const short = firstCodePoints(line, LONGEST_SNIPPET);
  const shown = short === line ? line : `${short}…`;
  const isOpen = shown.lastIndexOf(MARK_START) > shown.lastIndexOf(MARK_END);
  return (isOpen ? shown + MARK_END : shown)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
    .replaceAll(MARK_START, "<mark>")
    .replaceAll(MARK_END, "</mark>");
}

const BEFORE = 80;
const WINDOW = 320;

type Match = { start: number; end: number };

/**
 * The part of a text in which the most words of a question stand, with marks around them; its beginning
 * where none does, as with what was found by its meaning.
 */
export function markWords(text: string, words: readonly string[]): string {
  const plain = text.replace(MARKS, " ");
  const wanted = new Set(words);
  const matches = [...plain.matchAll(WORD)]
    .filter(([word]) => isWanted(word.toLowerCase(), wanted))
    .map(({ 0: word, index }): Match => ({ start: index, end: index + word.length }));
  const from = startOfWindow(plain, matches);
  const to = from + WINDOW;
  let marked = from > 0 ? "… " : "";
  let done = from;
  for (const { start, end } of matches.filter((match) => match.start >= from && match.end <= to)) {
    marked += `${plain.slice(done, start)}${MARK_START}${plain.slice(start, end)}${MARK_END}`;
    done = end;
  }
  return `${marked}${plain.slice(done, to)}${to < plain.length ? " …" : ""}`.toWellFormed();
}

/** A little before the match that has the most others after it, at the beginning of a word. */
function startOfWindow(text: string, matches: readonly Match[]): number {
  let best = 0;
  let most = 0;
  let last = 0;
  for (const [index, { start }] of matches.entries()) {
    while (last < matches.length && (matches[last]?.end ?? 0) <= start + WINDOW - BEFORE) last++;
    if (last - index > most) [best, most] = [start, last - index];
  }
  if (best <= BEFORE) return 0;
  const space = text.slice(best - BEFORE, best).search(/\s/);
  return space < 0 ? best : best - BEFORE + space + 1;
}

const SHORTEST_STEM = 4;
const LONGEST_ENDING = 3;

/** The same word, or one that differs in its ending alone, as far as that can be told in any language. */
function isWanted(word: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.has(word)) return true;
  if (word.length < SHORTEST_STEM) return false;
  return [...wanted].some((other) => {
    const stem = Math.max(SHORTEST_STEM, Math.min(word.length, other.length) - 1);
    const longest = Math.max(word.length, other.length);
    return longest - stem <= LONGEST_ENDING + 1 && word.slice(0, stem) === other.slice(0, stem);
  });
}
