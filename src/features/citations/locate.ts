/** Where a quotation stands in a document. Pure. */
import type { CitedRange, DocumentText, Range } from "./document-text.ts";
import { occurrences } from "./occurrences.ts";
import { isShort, partsOf, toWords, type QuotedWords } from "./quoted-words.ts";
import { isWhole } from "./word-edges.ts";

/** What is left out between two ellipses is at most so long, in UTF-16 code units. */
const LONGEST_SPAN = 3_000;
const MOST_BEGINNINGS = 50;
/** Beyond this many positions, which of them is exact makes no difference any more. */
const MOST_PLACES = 1_000;
/** White space that does not count may make a quotation longer where it stands. */
const SLACK = 200;

/**
 * Finds the quotation: word for word, or but for what `normal-form.ts` does not count. Of several positions
 * one that touches `near` is taken, then one that is exact. Where it is not to be found as it is, its
 * ellipses are taken for words left out. A quotation of a word or two is found only in `near`.
 */
export function locate(
  document: DocumentText,
  quotation: string,
  near: readonly Range[] = [],
): CitedRange | undefined {
  const ranges = near.map(({ start, end }) => toIndexes(document, start, end));
  const whole = findWhole(document, toWords(quotation), ranges);
  const found = whole ?? findParts(document, partsOf(quotation), ranges);
  return found && document.cite(...found);
}

/** UTF-16 code units into the text. */
type Indexes = [start: number, end: number];

function toIndexes(document: DocumentText, start: number, end: number): Indexes {
  return [document.toIndex(start), document.toIndex(end)];
}

function findWhole(
  document: DocumentText,
  words: QuotedWords,
  near: readonly Indexes[],
): Indexes | undefined {
  const close = bestOf(document, words, closeMatches(document, words, near));
  if (close || isShort(words)) return close;
  return bestOf(document, words, matches(document, words));
}

/** The first that is exact, else the first. */
function bestOf(
  { text }: DocumentText,
  words: QuotedWords,
  found: Iterable<Indexes>,
): Indexes | undefined {
  let [best, tries] = [undefined as Indexes | undefined, 0];
  for (const match of found) {
    if (text.startsWith(words.core, match[0])) return withEdges(text, words, match);
    best ??= match;
    if (++tries === MOST_PLACES) break;
  }
  return best && withEdges(text, words, best);
}

/** Those that touch one of the ranges. */
function* closeMatches(
  document: DocumentText,
  words: QuotedWords,
  near: readonly Indexes[],
): Generator<Indexes> {
  const reach = 2 * words.core.length + SLACK;
  for (const range of near) {
    const [start, end] = [Math.max(range[0] - reach, 0), range[1] + reach];
    for (const match of matches(document, words, start, end)) {
      if (touches(range, match)) yield match;
    }
  }
}

/** The parts in their order, close to each other. */
function findParts(
  document: DocumentText,
  parts: readonly QuotedWords[],
  near: readonly Indexes[],
): Indexes | undefined {
  const [first, ...rest] = parts;
  if (!first || parts.every(isShort)) return undefined;
  let [found, tries] = [undefined as Indexes | undefined, 0];
  for (const beginning of matches(document, first)) {
    const span = followOn(document, beginning, rest);
    if (span && near.some((range) => touches(range, span))) return span;
    found ??= span;
    if (++tries === MOST_BEGINNINGS) break;
  }
  return found;
}

function followOn(
  document: DocumentText,
  beginning: Indexes,
  rest: readonly QuotedWords[],
): Indexes | undefined {
  const limit = beginning[0] + LONGEST_SPAN;
  let end = beginning[1];
  for (const words of rest) {
    const [next] = matches(document, words, end, limit);
    if (!next) return undefined;
    end = next[1];
  }
  return [beginning[0], end];
}

/** Every position where the words stand whole, within a stretch of the text. */
function* matches(
  { text, normal }: DocumentText,
  { units }: QuotedWords,
  start = 0,
  end = text.length,
): Generator<Indexes> {
  const [first, last] = [indexOfUnit(normal.from, start), indexOfUnit(normal.from, end)];
  for (const position of occurrences(normal.units, units, first, last)) {
    const match = toMatch(text, normal.from, position, position + units.length - 1);
    if (match && isWhole(text, ...match)) yield match;
  }
}

/** Undefined where an end lies inside of what one character was folded to. */
function toMatch(
  text: string,
  from: Uint32Array,
  first: number,
  last: number,
): Indexes | undefined {
  const [start = 0, end = 0] = [from[first], from[last]];
  if (first > 0 && from[first - 1] === start) return undefined;
  if (from[last + 1] === end) return undefined;
  return [start, end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1)];
}

/** The first unit that came from an index or from beyond it. */
function indexOfUnit(from: Uint32Array, index: number): number {
  let [low, high] = [0, from.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((from[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** With the punctuation at its ends, where the document has the same. */
function withEdges(text: string, { head, tail }: QuotedWords, [start, end]: Indexes): Indexes {
  const from = head !== "" && text.endsWith(head, start) ? start - head.length : start;
  const to = tail !== "" && text.startsWith(tail, end) ? end + tail.length : end;
  return [from, to];
}

function touches([start, end]: Indexes, [from, to]: Indexes): boolean {
  return from < end && to > start;
}
