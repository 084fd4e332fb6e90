/**
 * Characters that a page shows and that have no Unicode: pdf.js gives their codes instead, or characters
 * for private use. Each is replaced by U+FFFD.
 */
import type { FileObjects } from "./file-objects.ts";
import type { PdfItem } from "./items.ts";
import { isNamed, isReference, type PdfDictionary } from "./values.ts";

const REPLACEMENT = "\u{fffd}";

/**
 * What characters for private use are known to be: the bullet and the blank of Microsoft's symbol font, which
 * most word processors write, and digits and small capitals of Adobe's glyph list.
 */
const KNOWN = /[\uf020\uf0b7\uf730-\uf739\uf761-\uf77a]/g;
/** Adobe's are 0xF700 above what they are, small capitals as the small letters. */
const ADOBE_OFFSET = 0xf700;

function knownAs(character: string): string {
  if (character === "\uf020") return " ";
  if (character === "\uf0b7") return "•";
  return String.fromCharCode(character.charCodeAt(0) - ADOBE_OFFSET).toUpperCase();
}

// oxlint-disable-next-line no-control-regex
const NO_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\p{Co}\ufffe\uffff]/gu;
const SHOWN = /[^\s\u{fffd}]/gu;

/** Runs, and how many of their characters are U+FFFD. */
export type ReadableItems = { items: PdfItem[]; unreadable: number };

/** The same runs, of which those that `isCoded` tells are codes and not text, and how much they replace. */
export function withoutCodes(
  items: readonly PdfItem[],
  isCoded: (item: PdfItem) => boolean,
): ReadableItems {
  let unreadable = 0;
  const replaced = items.map((item) => {
    const text = item.str.replace(KNOWN, knownAs).replace(NO_CHARACTER, REPLACEMENT);
    const str = isCoded(item) ? text.replace(SHOWN, REPLACEMENT) : text;
    unreadable += str.split(REPLACEMENT).length - 1;
    return { ...item, str };
  });
  return { items: replaced, unreadable };
}

/** Whether a font tells the Unicode of its characters: only by chance, or not at all, where it does not. */
export type FontTruth = "text" | "perhaps" | "codes";

/** Fonts of many bytes a character are told by a CMap, or by the characters of a collection that is known. */
export function truthOf(font: PdfDictionary, objects: FileObjects): FontTruth {
  const isComposite = isNamed(font.get("Subtype"), "Type0");
  if (!isComposite || font.has("ToUnicode")) return "text";
  const [descendant] = asArray(objects.get(font.get("DescendantFonts")));
  const dictionary = objects.dictionary(descendant);
  const ordering = objects.get(objects.dictionary(dictionary.get("CIDSystemInfo")).get("Ordering"));
  const isIdentity = ordering !== null && typeof ordering === "object" && "raw" in ordering;
  if (!isIdentity || ordering.raw !== "(Identity)") return "text";
  // Glyphs of a font that is not embedded are known by its name; mapped codes may be the characters themselves.
  const isEmbedded = objects.dictionary(dictionary.get("FontDescriptor")).has("FontFile2");
  return isEmbedded && !isReference(dictionary.get("CIDToGIDMap")) ? "codes" : "perhaps";
}

function asArray<T>(value: T): (T extends (infer Each)[] ? Each : never)[] {
  return Array.isArray(value) ? value : [];
}

/** Scripts that one font writes together. */
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Devanagari}/u,
  /\p{Script=Thai}/u,
];
/** Of its letters, how many a text has at least of one script, and how many of its signs may be none. */
const [LEAST_OF_SCRIPT, MOST_NO_SIGNS] = [0.6, 0.05];
// oxlint-disable-next-line no-control-regex
const NO_SIGN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Cn}|\p{Co}/u;

/** True for what is no text of any script: codes of glyphs, which come from everywhere. */
export function looksCoded(text: string): boolean {
  const points = Array.from(text).filter((point) => point.trim() !== "");
  const noSigns = points.filter((point) => NO_SIGN.test(point)).length;
  if (noSigns > points.length * MOST_NO_SIGNS) return true;
  const letters = points.filter((point) => /\p{L}/u.test(point));
  const most = Math.max(
    ...SCRIPTS.map((script) => letters.filter((letter) => script.test(letter)).length),
  );
  return most < letters.length * LEAST_OF_SCRIPT;
}
