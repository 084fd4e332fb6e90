/**
 * Text in scripts that are read from right to left. A page knows where its letters stand, not in which order they
 * are read: pdf.js orders those of a run, whatever stands beside it, and here the whole line is.
 */

/** Hebrew, Arabic and the scripts beside them, with their presentation forms. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const RIGHT_TO_LEFT_ALL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g;
/** Digits of those scripts, which are read as others are. */
const DIGIT = /[\p{Nd}⁰¹²³⁴-⁹]/u;
const OTHER_LETTER = /\p{L}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{Nd}⁰¹²³⁴-⁹]/u;
/** Letters that are read from right to left, or anything else; digits of their scripts are not such letters. */
const STRETCHES =
  /(?:(?!\p{Nd})[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])+|(?:\p{Nd}|[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])+/gu;
/** Numbers with their separators, or single signs. */
const NUMBERS = /[%$€£₪]?[\p{Nd}⁰¹²³⁴-⁹]+(?:[.,:/٫٬-]\p{Nd}+)*[%$€£₪]?|[^]/gu;

type Direction = "left" | "right" | "digit" | "none";

/** How many letters are read from right to left. */
export function countRightToLeft(text: string): number {
  return RIGHT_TO_LEFT.test(text) ? (text.match(RIGHT_TO_LEFT_ALL)?.length ?? 0) : 0;
}

/** The letters of a run in visual order, from left to right. pdf.js returns them in its reading order. */
export function asPainted(text: string): string {
  const letters = countRightToLeft(text);
  if (letters === 0) return text;
  // As pdf.js decides it.
  const isMostlyLeft = letters / text.length < 0.3 && text.length > 4;
  return isMostlyLeft ? turnStretches(text) : turn(text);
}

/** A line as it is read, out of its letters as they stand from left to right. */
export function asRead(painted: string, isRightToLeft: boolean): string {
  const read = isRightToLeft ? turn(painted) : turnStretches(painted);
  return mendLigatures(isRightToLeft ? mendBrackets(read) : read);
}

/**
 * Reverses text except words of other scripts, with what is between them, and numbers. It is its own inverse: the
 * order in which text is painted becomes the order in which it is read, and the other way round.
 */
function turn(text: string): string {
  const pieces: string[] = [];
  for (const [stretch] of text.matchAll(STRETCHES)) {
    for (const piece of isRight(stretch) ? stretch : unturned(stretch)) pieces.push(piece);
  }
  return pieces.toReversed().join("");
}

/** Reverses the words that are read from right to left in text that is not. */
function turnStretches(text: string): string {
  const first = text.search(RIGHT_TO_LEFT);
  if (first === -1) return text;
  const pieces: string[] = [text.slice(0, first)];
  let [from, last] = [first, first];
  for (let at = first; at < text.length; at++) {
    const direction = directionOf(text.charAt(at));
    if (direction === "right") last = at;
    if (direction !== "left" || last < from) continue;
    pieces.push(turn(text.slice(from, last + 1)), text.slice(last + 1, at + 1));
    from = at + 1;
    const next = text.slice(from).search(RIGHT_TO_LEFT);
    if (next === -1) return pieces.join("") + text.slice(from);
    pieces.push(text.slice(from, from + next));
    [from, last, at] = [from + next, from + next, from + next];
  }
  return `${pieces.join("")}${turn(text.slice(from, last + 1))}${text.slice(last + 1)}`;
}

/** The parts of a stretch without right-to-left letters that keep their inner order, and the signs around them. */
function unturned(stretch: string): Iterable<string> {
  const first = stretch.search(LETTER_OR_DIGIT);
  if (!OTHER_LETTER.test(stretch)) return stretch.match(NUMBERS) ?? [];
  const characters = Array.from(stretch);
  const end = characters.findLastIndex((character) => LETTER_OR_DIGIT.test(character)) + 1;
  const head = Array.from(stretch.slice(0, first));
  return [...head, characters.slice(head.length, end).join(""), ...characters.slice(end)];
}

const isRight = (text: string): boolean => directionOf(text.charAt(0)) === "right";

function directionOf(character: string): Direction {
  if (DIGIT.test(character)) return "digit";
  if (RIGHT_TO_LEFT.test(character)) return "right";
  return OTHER_LETTER.test(character) ? "left" : "none";
}

const MIRRORED: Record<string, string> = {
  "(": ")",
  ")": "(",
  "[": "]",
  "]": "[",
  "{": "}",
  "}": "{",
  "«": "»",
  "»": "«",
};
const BRACKETS = /[()[\]{}«»]/g;

/** Some files encode the shape of a bracket and others its meaning: an opening bracket precedes its word. */
function mendBrackets(text: string): string {
  let misread = 0;
  for (const { 0: bracket, index } of text.matchAll(BRACKETS)) {
    const isBefore = /[\s(]/.test(text[index - 1] ?? " ");
    const isAfter = /[\s).,:;]/.test(text[index + 1] ?? " ");
    if (isBefore === isAfter) continue;
    misread += "([{«".includes(bracket) === isBefore ? -1 : 1;
  }
  return misread > 0 ? text.replace(BRACKETS, (bracket) => MIRRORED[bracket] ?? bracket) : text;
}

/** An alef is never written before another: the ligature of lam and alef was taken apart the wrong way round. */
function mendLigatures(text: string): string {
  return text.replace(/ا([اأإآ])ل/g, "ال$1");
}
