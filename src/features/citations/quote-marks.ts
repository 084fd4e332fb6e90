/** Pairs the quotation marks of a text. Pure. */
import type { Span } from "./markers.ts";

type Open = { mark: string; start: number; closers: string };

/**
 * The closing marks of each opening mark; in some languages the first four are used the other way round.
 */
const CLOSERS: Record<string, string> = {
  "“": "”",
  "„": "“”",
  '"': '"',
  "«": "»",
  "»": "«",
  "”": "”",
  "‚": "‘’",
  "‘": "’",
  "‹": "›",
  "「": "」",
  "『": "』",
};

const MARKS = /[“”„"«»‚‘’‹›「」『』]/g;
/** Marks that close a quotation at least as often as they open one. */
const RATHER_END = new Set(["”", "»", "’", "›", "」", "』"]);
const DEEPEST = 8;

/** The outermost quotations of a paragraph. An unclosed one is ignored, and those inside of it count. */
export function findQuoted(text: string): Span[] {
  const stack: Open[] = [];
  const found: Span[] = [];
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    const position = endedBy(text, mark, index, stack);
    if (position >= 0) found.push(close(stack, position, index));
    else if (mayBegin(text, mark, index)) {
      stack.push({ mark, start: index, closers: CLOSERS[mark] ?? "" });
      if (stack.length > DEEPEST) stack.shift();
    }
  }
  return outermost(found);
}

function close(stack: Open[], position: number, index: number): Span {
  const [opened] = stack.splice(position);
  return { start: opened?.start ?? index, end: index + 1 };
}

/** The position in the stack of the quotation that the mark closes; -1 if it closes none. */
function endedBy(text: string, mark: string, index: number, stack: readonly Open[]): number {
  const position = stack.findLastIndex(({ closers }) => closers.includes(mark));
  if (position < 0) return -1;
  // Straight marks, and “ after „, may open a nested quotation.
  const isAmbiguous = mark === '"' || mark === "“" || mark === "‘" || mark === "«";
  if (isAmbiguous && looksLikeBeginning(text, index)) return -1;
  // An apostrophe.
  if (mark === "’" && isWordAt(text, index + 1)) return -1;
  return position;
}

function mayBegin(text: string, mark: string, index: number): boolean {
  if (CLOSERS[mark] === undefined) return false;
  if (mark === '"' || RATHER_END.has(mark)) return looksLikeBeginning(text, index);
  return true;
}

/** After a blank or a bracket, and before a word. */
function looksLikeBeginning(text: string, index: number): boolean {
  const [before, after] = [text.charAt(index - 1), text.charAt(index + 1)];
  return /^[\s([{—–:*_“"„«‘‚>/]?$/.test(before) && /^[^\s.,;:!?)\]}]$/.test(after);
}

function isWordAt(text: string, index: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(index));
}

/** Removes nested spans. They are sorted by end, so outer ones come later. */
function outermost(found: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of found) {
    while ((kept.at(-1)?.start ?? -1) > span.start) kept.pop();
    kept.push(span);
  }
  return kept;
}
