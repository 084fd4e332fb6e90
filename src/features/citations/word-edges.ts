/** Checks whether a match is cut out of the middle of a word or number. */
import { beforePair, indexAfter } from "../../lib/code-points.ts";

const WORD = /^[\p{L}\p{N}\p{M}]/u;
const NUMBER_GOES_ON = /^[.,'’]\p{N}/u;
/** A hyphen may precede a line break. Backwards, the characters come in reverse order. */
const WORD_GOES_ON = /^[-\u2010\u2011]\n?[\p{L}\p{N}]/u;
const WORD_GOES_ON_BACKWARDS = /^\n?[-\u2010\u2011][\p{L}\p{N}]/u;
const DIGIT = /^\p{N}/u;
/** An exponent behind a digit, else a note mark, which is no part of the word. */
const RAISED = /^[⁰¹²³⁴-⁹ⁱⁿªºᵃ-ᵜᶦᶜᶠᶻˡˢʰʲʳʷʸˣᵛᵥ]/u;
const INVISIBLE = /^[\p{Cf}\r]/u;
/** Scripts without spaces between words. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

type Step = 1 | -1;

/**
 * True when both ends of the range are word boundaries: “5 days” does not match in “15 days”, nor
 * “refundable” in “non-refundable”. Indexes are UTF-16.
 */
export function isWhole(text: string, start: number, end: number): boolean {
  return !goesOn(text, start, -1) && !goesOn(text, end, 1);
}

/** True when the word at the edge continues beyond it in that direction. */
function goesOn(text: string, edge: number, step: Step): boolean {
  const inner = characterAt(text, edge, step === 1 ? -1 : 1);
  if (!WORD.test(inner) || UNSPACED.test(inner)) return false;
  const outside = charactersOutside(text, edge, step);
  if (RAISED.test(outside)) return step === 1 && DIGIT.test(inner);
  if (WORD.test(outside)) return !UNSPACED.test(outside);
  if (DIGIT.test(inner)) return NUMBER_GOES_ON.test(outside);
  return (step === 1 ? WORD_GOES_ON : WORD_GOES_ON_BACKWARDS).test(outside);
}

const SEEN = 3;
const MOST_PASSED_OVER = 8;

/** The next visible characters outside of an edge. */
function charactersOutside(text: string, edge: number, step: Step): string {
  let seen = "";
  let index = edge;
  for (let steps = 0; steps < SEEN + MOST_PASSED_OVER && seen.length < SEEN; steps++) {
    const character = characterAt(text, index, step);
    index += step * character.length;
    if (!INVISIBLE.test(character)) seen += character;
  }
  return seen;
}

/** The character that begins at the index, or ends there for step -1; "" outside of the text. */
function characterAt(text: string, index: number, step: Step): string {
  if (step === 1) return text.slice(index, indexAfter(text, 1, index));
  return index <= 0 ? "" : text.slice(beforePair(text, index - 1), index);
}
