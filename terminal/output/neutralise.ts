/** Text of others, made harmless for a terminal. */

/** C0 but for tab and newline, DEL and C1. */
// oxlint-disable-next-line no-control-regex -- These are what it is for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** They change the order in which other characters are shown (Unicode TR 9), or hide them. */
const DIRECTIONS =
  /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/**
 * The text with its control characters shown as symbols, so that an answer or a title cannot move the cursor, write to
 * the clipboard or rename the window. A carriage return is dropped.
 */
export function neutralise(text: string): string {
  return text.replaceAll("\r", "").replaceAll(CONTROLS, toSymbol).replaceAll(DIRECTIONS, "\ufffd");
}

/** The same on one line, of at most so many characters. */
export function neutraliseLine(text: string, most = Infinity): string {
  const line = neutralise(text).replaceAll(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join("")}…`;
}

/** JSON in which control characters are escaped that `JSON.stringify` leaves as they are. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    // oxlint-disable-next-line no-control-regex -- These are what it is for.
    /[\u007f-\u009f]/g,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** The symbols of the block Control Pictures; C1 has none. */
function toSymbol(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
