/** Writes superscripts and subscripts as text: 10⁶ must not become 106. */

const RAISED = new Map(
  Object.entries({
    "0": "⁰",
    "1": "¹",
    "2": "²",
    "3": "³",
    "4": "⁴",
    "5": "⁵",
    "6": "⁶",
    "7": "⁷",
    "8": "⁸",
    "9": "⁹",
    "+": "⁺",
    "-": "⁻",
    "−": "⁻",
    "–": "⁻",
    "=": "⁼",
    "(": "⁽",
    ")": "⁾",
    i: "ⁱ",
    n: "ⁿ",
  }),
);

/** Superscript letters that a note mark may also have. */
const RAISED_LETTERS = new Map(
  Array.from("abcdefghijklmoprstuvwxyz", (letter, index) => [
    letter,
    Array.from("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")[index] ?? letter,
  ]),
);

const RAISED_MARKS = new Map([...RAISED, ...RAISED_LETTERS]);

const LOWERED = new Map(
  Array.from("0123456789+-=()", (character, index) => [
    character,
    Array.from("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")[index] ?? character,
  ]),
);

/** Endings of ordinal numbers and abbreviations, which do not change the number before them. */
const ENDING = /^(?:st|nd|rd|th|er|re|e|ère|ème|o|a|º|ª|os|as|°|\p{L}{3,})\.?$/iu;

/**
 * Returns superscript text that follows other text: in Unicode superscripts if every character has
 * one. Otherwise `^` precedes text that would read as part of a number.
 */
export function writeRaised(text: string, before: string): string {
  return shifted(text, before, { table: RAISED, sign: "^" });
}

/** Returns subscript text that follows other text, by the same rule with `_`. */
export function writeLowered(text: string, before: string): string {
  return shifted(text, before, { table: LOWERED, sign: "_" });
}

type Shift = { table: ReadonlyMap<string, string>; sign: string };

function shifted(text: string, before: string, { table, sign }: Shift): string {
  const bare = text.trim();
  if (bare === "") return text;
  const written = convert(bare, table);
  if (written !== undefined) return text.replace(bare, () => written);
  if (!/\d$/.test(before) || !/^[\p{L}\d(+−=-]/u.test(bare) || ENDING.test(bare)) return text;
  return /^(?:[\p{L}\d]|\(.*\))$/su.test(bare) ? `${sign}${bare}` : `${sign}(${bare})`;
}

/** Converts digits and signs to superscripts; undefined if a character has none. */
export function raise(text: string): string | undefined {
  return convert(text, RAISED);
}

/** Converts digits to subscripts; undefined if a character has none. */
export function lower(text: string): string | undefined {
  return convert(text, LOWERED);
}

/** Converts a note mark to superscripts if every character has one. */
export function raiseMark(mark: string): string {
  return raise(mark) ?? convert(mark, RAISED_MARKS) ?? mark;
}

function convert(text: string, table: ReadonlyMap<string, string>): string | undefined {
  const raised = Array.from(text, (character) => table.get(character));
  return raised.some((character) => character === undefined) ? undefined : raised.join("");
}
