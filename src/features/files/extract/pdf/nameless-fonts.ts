/**
 * Repairs fonts without the BaseFont entry that ISO 32000-2, table 115, requires: pdf.js drops all
 * text in them. The entry overwrites the font's Type in place, which pdf.js does not use.
 */
import { ascii, positionsOf, standsAt } from "../byte-search.ts";
import { PdfTokens } from "./tokens.ts";
import { readValue } from "./values.ts";

const SUBTYPE = ascii("/CIDFontType");
const OPENING = ascii("<<");
const TYPE = ascii("/Type");
const FONT = ascii("/Font");
const NAME = ascii("/BaseFont/");

/** In bytes, of a font's dictionary. */
const LARGEST_FONT = 2_000;
const MOST_FONTS = 1_000;

/**
 * Adds a name to nameless CID fonts in `data`, in place. Fonts inside packed streams stay
 * unchanged.
 */
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

/** Returns where the `/Type /Font` that begins at an offset ends; undefined for another type. */
function endOfType(data: Uint8Array, type: number): number | undefined {
  const tokens = new PdfTokens(data, type + TYPE.byteLength, type + LARGEST_FONT);
  tokens.skipBlanks();
  const isFont = standsAt(FONT, data, tokens.at) && tokens.next()?.kind === "name";
  return isFont ? tokens.at : undefined;
}

/** Returns where the dictionary around an offset begins. */
function openingBefore(data: Uint8Array, at: number): number | undefined {
  for (let start = at - 2; start >= Math.max(0, at - LARGEST_FONT); start--) {
    if (standsAt(OPENING, data, start)) return start;
  }
  return undefined;
}
