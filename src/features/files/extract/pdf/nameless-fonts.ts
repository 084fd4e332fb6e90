/**
 * Fonts without the name that ISO 32000-2, table 115, requires of them: pdf.js drops all text in them. They are
 * given one where they stand, instead of their type, which nobody asks for.
 */
import { ascii, positionsOf, standsAt } from "../byte-search.ts";
import { PdfTokens } from "./tokens.ts";
import { readValue } from "./values.ts";

const SUBTYPE = ascii("/CIDFontType");
const OPENING = ascii("<<");
const TYPE = ascii("/Type");
const FONT = ascii("/Font");
const NAME = ascii("/BaseFont/");

/** Bytes of a font's dictionary. */
const LARGEST_FONT = 2_000;
const MOST_FONTS = 1_000;

/** Names the fonts of collections of characters that have no name, as far as they are not packed. */
export function nameFonts(data: Uint8Array): void {
  let left = MOST_FONTS;
  for (const at of positionsOf(SUBTYPE, data)) {
    if (left-- <= 0) return;
    const start = openingBefore(data, at);
    if (start !== undefined) nameFont(data, start, at);
  }
}

function nameFont(data: Uint8Array, start: number, at: number): void {
  const font = readValue(new PdfTokens(data, start, start + LARGEST_FONT));
  if (!(font instanceof Map) || font.has("BaseFont") || !font.has("CIDSystemInfo")) return;
  for (let type = start; type < at; type++) {
    const end = standsAt(TYPE, data, type) ? endOfType(data, type) : undefined;
    if (end === undefined) continue;
    // `/Type /Font` has at least as many bytes as `/BaseFont/`.
    data.fill(0x20, type, end);
    data.set(NAME, type);
    return;
  }
}

/** Where `/Type /Font` ends that begins at a position. */
function endOfType(data: Uint8Array, type: number): number | undefined {
  const tokens = new PdfTokens(data, type + TYPE.byteLength, type + LARGEST_FONT);
  tokens.skipBlanks();
  const isFont = standsAt(FONT, data, tokens.at) && tokens.next()?.kind === "name";
  return isFont ? tokens.at : undefined;
}

/** Where the dictionary begins in which something stands. */
function openingBefore(data: Uint8Array, at: number): number | undefined {
  for (let start = at - 2; start >= Math.max(0, at - LARGEST_FONT); start--) {
    if (standsAt(OPENING, data, start)) return start;
  }
  return undefined;
}
