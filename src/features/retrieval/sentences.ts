/** Divides a paragraph into sentences, and long ones into parts. Positions are UTF-16 indexes. */
import { isBlank, trim } from "./blocks.ts";
import { beforePair } from "../../lib/code-points.ts";

export type SentenceSpan = { start: number; end: number };

/** The longest passage, in UTF-16 units. */
export const LONGEST = 700;

/**
 * How much the parts of a cut sentence overlap, so that words around the cut stay together in one of
 * them.
 */
const OVERLAP = 40;

const ABBREVIATION =
  /(?:^|[\s(])(?:\p{L}|Inc|Corp|Ltd|Co|LLC|No|Nos|Sec|Art|Arts|vs|v|Mr|Mrs|Ms|Dr|St|Ave|e\.g|i\.e|etc|cf|approx|Nr|Abs|bzw|Ext|Reg|Bldg|Rev|P\.R\.C|U\.S\.C|U\.S|L\.P|S\.A|N\.A)$/iu;

const DOT = 46;
const SEMICOLON = 59;
const ENDS = new Set([DOT, SEMICOLON, 33, 63, 0x3002, 0xff01, 0xff1f, 0xff1b]);
const CLOSERS = new Set(Array.from(`"')]”’»`, (sign) => sign.charCodeAt(0)));

export function* readSentences(text: string, start: number, end: number): Generator<SentenceSpan> {
  let from = start;
  let at = start;
  while (at < end) {
    const next = endOfSentence(text, at, end);
    if (next !== undefined || at + 1 === end) {
      yield* parts(text, from, next ?? end);
      from = next ?? end;
      at = from;
    } else if (++at - from > LONGEST * 2) {
      // Cuts an endless line early, without looking for its end.
      const cut = cutBefore(text, from, from + LONGEST);
      const part = trim(text, from, cut);
      if (part) yield part;
      from = overlapped(text, from, cut);
    }
  }
}

/** The end of the sentence whose final punctuation is at `at`; undefined if none ends there. */
function endOfSentence(text: string, at: number, end: number): number | undefined {
  const code = text.charCodeAt(at);
  if (!ENDS.has(code)) return undefined;
  let next = at + 1;
  while (next < end && CLOSERS.has(text.charCodeAt(next))) next++;
  if (code > 0x3000) return next;
  if (next < end && !isBlank(text.charCodeAt(next))) return undefined;
  if (code === SEMICOLON) return next;
  return code === DOT && isAbbreviation(text, at, next) ? undefined : next;
}

function isAbbreviation(text: string, at: number, next: number): boolean {
  if (/^\s+\p{Ll}/u.test(text.slice(next, next + 8))) return true;
  return ABBREVIATION.test(text.slice(Math.max(0, at - 12), at));
}

/** The whole sentence, or parts of a long one. */
function* parts(text: string, start: number, end: number): Generator<SentenceSpan> {
  let rest = trim(text, start, end);
  while (rest && rest.end - rest.start > LONGEST) {
    const cut = cutBefore(text, rest.start, rest.start + LONGEST);
    yield trim(text, rest.start, cut) ?? rest;
    rest = trim(text, overlapped(text, rest.start, cut), rest.end);
  }
  if (rest) yield rest;
}

/**
 * The best position for a cut in the second half: after a comma, otherwise between words, otherwise
 * anywhere.
 */
function cutBefore(text: string, start: number, limit: number): number {
  const half = text.slice(start + LONGEST / 2, limit);
  const comma = Math.max(half.lastIndexOf(", "), half.lastIndexOf("、"), half.lastIndexOf("，"));
  const position = comma >= 0 ? comma + 1 : half.search(/\s\S*$/);
  const cut = position > 0 ? start + LONGEST / 2 + position : limit;
  return beforePair(text, cut);
}

/** The start of the part after a cut: a few words before it. */
function overlapped(text: string, start: number, cut: number): number {
  const from = Math.max(start + 1, cut - OVERLAP);
  const blank = text.slice(from, cut).search(/\s/);
  return blank < 0 ? cut : from + blank + 1;
}
