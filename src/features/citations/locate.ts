/** Locates quotations in a document. Pure. */
import type { CitedRange, DocumentText, Range } from "./document-text.ts";
import { occurrences } from "./occurrences.ts";
import type { NormalText } from "./normal-form.ts";
import { formsOf, isShort, partsOf, toWords, type QuotedWords } from "./quoted-words.ts";
import { isWhole } from "./word-edges.ts";
import { indexAfter } from "../../lib/code-points.ts";

/** The longest match of a quotation with ellipses, in UTF-16 code units. */
const LONGEST_SPAN = 3_000;
const MOST_BEGINNINGS = 50;
/** The most positions checked for an exact match. */
const MOST_POSITIONS = 1_000;
/** Ignored white space may make a match longer than the quotation. */
const SLACK = 200;

/**
 * Finds the quotation, ignoring the differences of `normal-form.ts`; undefined if it is not found.
 * Prefers a match that touches `near`, then an exact one. If it is not found as a whole, ellipses may
 * stand for left-out words. A quotation of one or two words is found only in `near`.
 */
export function locate(
  document: DocumentText,
  quotation: string,
  near: readonly Range[] = [],
): CitedRange | undefined {
  const ranges = near.map(({ start, end }) => toIndexes(document, start, end));
  for (const text of formsOf(quotation)) {
    for (const target of targetsIn(document)) {
      const found = locateIn(target, text, ranges);
      if (found) return toCited(document, found);
    }
  }
  return undefined;
}

/** What is searched: a normal form of the text. */
type Target = { text: string; normal: NormalText };

/** The running text first: a quotation may run over the end of a page. Then all of the text, notes included. */
function targetsIn({ text, running, normal }: DocumentText): Target[] {
  return [...new Set([running, normal])].map((form) => ({ text, normal: form }));
}

/** The match as a whole, or those of the parts between the quotation's ellipses. */
function locateIn(
  target: Target,
  quotation: string,
  ranges: readonly Indexes[],
): Indexes[] | undefined {
  const whole = findWhole(target, toWords(quotation), ranges);
  return whole ? [whole] : findParts(target, partsOf(quotation), ranges);
}

/** The range from the first match to the last, and, if words are hidden between them, each match. */
function toCited(document: DocumentText, found: readonly Indexes[]): CitedRange {
  const cited = document.cite(...spanOf(found));
  if (!hidesWords(document.text, found)) return cited;
  const parts = found.map((range) => {
    const { page: _page, region: _region, source: _source, ...part } = document.cite(...range);
    return part;
  });
  return { ...cited, elided: true, parts };
}

function hidesWords(text: string, found: readonly Indexes[]): boolean {
  return found.some(([start], index) => {
    const before = found[index - 1];
    return before !== undefined && /[\p{L}\p{N}]/u.test(text.slice(before[1], start));
  });
}

/** UTF-16 indexes into the text. */
type Indexes = [start: number, end: number];

function toIndexes(document: DocumentText, start: number, end: number): Indexes {
  return [document.toIndex(start), document.toIndex(end)];
}

function findWhole(
  target: Target,
  words: QuotedWords,
  near: readonly Indexes[],
): Indexes | undefined {
  const close = bestOf(target, words, closeMatches(target, words, near));
  if (close || isShort(words)) return close;
  return bestOf(target, words, matches(target, words));
}

/** The first exact match, otherwise the first match. */
function bestOf(
  { text }: Target,
  words: QuotedWords,
  found: Iterable<Indexes>,
): Indexes | undefined {
  let [best, tries] = [undefined as Indexes | undefined, 0];
  for (const match of found) {
    if (text.startsWith(words.core, match[0])) return withEdges(text, words, match);
    best ??= match;
    if (++tries === MOST_POSITIONS) break;
  }
  return best && withEdges(text, words, best);
}

/** The matches that touch one of the ranges. */
function* closeMatches(
  target: Target,
  words: QuotedWords,
  near: readonly Indexes[],
): Generator<Indexes> {
  const reach = 2 * words.core.length + SLACK;
  for (const range of near) {
    const [start, end] = [Math.max(range[0] - reach, 0), range[1] + reach];
    for (const match of matches(target, words, start, end)) {
      if (touches(range, match)) yield match;
    }
  }
}

/** Finds the parts in order and close to each other. */
function findParts(
  target: Target,
  parts: readonly QuotedWords[],
  near: readonly Indexes[],
): Indexes[] | undefined {
  const [first, ...rest] = parts;
  if (!first || parts.every(isShort)) return undefined;
  let [found, tries] = [undefined as Indexes[] | undefined, 0];
  for (const beginning of matches(target, first)) {
    const matched = followOn(target, beginning, rest);
    if (matched && near.some((range) => touches(range, spanOf(matched)))) return matched;
    found ??= matched;
    if (++tries === MOST_BEGINNINGS) break;
  }
  return found;
}

function followOn(
  target: Target,
  beginning: Indexes,
  rest: readonly QuotedWords[],
): Indexes[] | undefined {
  const limit = beginning[0] + LONGEST_SPAN;
  const matched = [beginning];
  for (const words of rest) {
    const [next] = matches(target, words, spanOf(matched)[1], limit);
    if (!next) return undefined;
    matched.push(next);
  }
  return matched;
}

function spanOf(matched: readonly Indexes[]): Indexes {
  return [matched[0]?.[0] ?? 0, matched.at(-1)?.[1] ?? 0];
}

/** Every match of the words, cut at word boundaries, within a range of the text. */
function* matches(
  { text, normal }: Target,
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

/** Undefined if an end lies inside of the folded form of one character. */
function toMatch(
  text: string,
  from: Uint32Array,
  first: number,
  last: number,
): Indexes | undefined {
  const [start = 0, end = 0] = [from[first], from[last]];
  if (first > 0 && from[first - 1] === start) return undefined;
  if (from[last + 1] === end) return undefined;
  return [start, indexAfter(text, 1, end)];
}

/** The first unit that came from the index or a later one. */
function indexOfUnit(from: Uint32Array, index: number): number {
  let [low, high] = [0, from.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((from[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Extends the match by the quotation's outer punctuation if the document has the same. */
function withEdges(text: string, { head, tail }: QuotedWords, [start, end]: Indexes): Indexes {
  const from = head !== "" && text.endsWith(head, start) ? start - head.length : start;
  const to = tail !== "" && text.startsWith(tail, end) ? end + tail.length : end;
  return [from, to];
}

function touches([start, end]: Indexes, [from, to]: Indexes): boolean {
  return from < end && to > start;
}
