/**
 * Orders text in right-to-left scripts. A page stores positions of letters, not their logical
 * order. pdf.js reorders each run in isolation; this reorders the whole line.
 */

/** Hebrew, Arabic and related scripts, with their presentation forms. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const RIGHT_TO_LEFT_ALL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g;
/** Digits of those scripts, which run from left to right like all digits. */
const DIGIT = /[\p{Nd}⁰¹²³⁴-⁹]/u;
const OTHER_LETTER = /\p{L}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{Nd}⁰¹²³⁴-⁹]/u;
/**
 * Right-to-left letters, or anything else; digits of right-to-left scripts count as anything else.
 */
const STRETCHES =
  /(?:(?!\p{Nd})[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])+|(?:\p{Nd}|[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])+/gu;
/** Numbers with their separators, or single signs. */
const NUMBERS = /[%$€£₪]?[\p{Nd}⁰¹²³⁴-⁹]+(?:[.,:/٫٬-]\p{Nd}+)*[%$€£₪]?|[^]/gu;

type Direction = "left" | "right" | "digit" | "none";

/** Returns the number of right-to-left letters. */
export function countRightToLeft(text: string): number {
  return RIGHT_TO_LEFT.test(text) ? (text.match(RIGHT_TO_LEFT_ALL)?.length ?? 0) : 0;
}

/**
 * Returns the characters of a run in visual order, from left to right. pdf.js returns them in its
 * logical order.
 */
export function asPainted(text: string): string {
  const letters = countRightToLeft(text);
  if (letters === 0) return text;
  // The same rule as in pdf.js.
  const isMostlyLeft = letters / text.length < 0.3 && text.length > 4;
  return isMostlyLeft ? turnStretches(text) : turn(text);
}

/** Converts a line from visual order, left to right, to logical order. */
export function asRead(painted: string, isRightToLeft: boolean): string {
  const read = isRightToLeft ? turn(painted) : turnStretches(painted);
  return mendLigatures(isRightToLeft ? mendBrackets(read) : read);
}

/**
 * Reverses text except left-to-right words, with what is between them, and numbers. It is its own
 * inverse: it converts visual to logical order and back.
 */
function turn(text: string): string {
  const pieces: string[] = [];
  for (const [stretch] of text.matchAll(STRETCHES)) {
    for (const piece of isRight(stretch) ? stretch : unturned(stretch)) pieces.push(piece);
  }
  return pieces.toReversed().join("");
}

/** Reverses the right-to-left words in left-to-right text. */
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

/**
 * Splits text without right-to-left letters into parts that keep their inner order, and surrounding
 * signs.
 */
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

/**
 * Some files encode the shape of a bracket and others its meaning: an opening bracket precedes its
 * word.
 */
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

/** An alef never precedes another: the ligature of lam and alef was split in the wrong order. */
function mendLigatures(text: string): string {
  return text.replace(/ا([اأإآ])ل/g, "ال$1");
}
