/** Converts characters of symbol fonts to Unicode. */
import { SYMBOL_FONTS } from "./symbol-fonts.ts";

export type SymbolText = {
  text: string;
  /** The number of characters without a Unicode equivalent; each is U+FFFD in the text. */
  unreadable: number;
};

const UNKNOWN = "\ufffd";
const PRIVATE_USE = /[\ue000-\uf8ff\u{f0000}-\u{10ffff}]/u;
/** Word maps the bytes of symbol fonts to the private use area from here. */
const SHIFT = 0xf000;
const FIRST_BYTE = 0x20;
const LAST_BYTE = 0xff;

const TABLES = new Map(
  Object.entries(SYMBOL_FONTS).map(([font, table]) => [font, Array.from(table)]),
);

/** Converts a text of a font to Unicode. */
export function symbolText(text: string, font: string | undefined): SymbolText {
  const table = tableOf(font);
  if (!table && !PRIVATE_USE.test(text)) return { text, unreadable: 0 };
  const shown = Array.from(text, (character) => shownCharacter(character, table));
  return { text: shown.join(""), unreadable: shown.filter((sign) => sign === UNKNOWN).length };
}

/** Converts a character that is given by its code in hexadecimal digits. */
export function symbolOf(code: string, font: string | undefined): SymbolText {
  const value = /^[0-9a-f]{1,6}$/i.test(code) ? Number.parseInt(code, 16) : 0;
  if (value < FIRST_BYTE || value > 0x10ffff) return { text: UNKNOWN, unreadable: 1 };
  // Characters of other fonts may be shifted too (ECMA-376 part 1, section 17.3.3.30).
  const isShifted = !tableOf(font) && isShiftedByte(value);
  return symbolText(String.fromCodePoint(isShifted ? value - SHIFT : value), font);
}

function tableOf(font: string | undefined): readonly string[] | undefined {
  if (font === undefined) return undefined;
  return TABLES.get(font.toLowerCase().replaceAll(" ", ""));
}

function shownCharacter(character: string, table: readonly string[] | undefined): string {
  const code = character.codePointAt(0) ?? 0;
  const byte = isShiftedByte(code) ? code - SHIFT : code;
  if (table && byte >= FIRST_BYTE && byte <= LAST_BYTE) return table[byte - FIRST_BYTE] ?? UNKNOWN;
  return PRIVATE_USE.test(character) ? UNKNOWN : character;
}

function isShiftedByte(code: number): boolean {
  return code >= SHIFT + FIRST_BYTE && code <= SHIFT + LAST_BYTE;
}
