/**
 * Finds visible characters without Unicode, for which pdf.js returns codes or private-use
 * characters. Each becomes U+FFFD.
 */
import type { FileObjects } from "./file-objects.ts";
import type { PdfItem } from "./items.ts";
import { isNamed, isReference, type PdfDictionary } from "./values.ts";

const REPLACEMENT = "\u{fffd}";

/**
 * Private-use characters with a known meaning: the bullet and the blank of Microsoft's symbol font,
 * which most word processors write, and digits and small capitals of Adobe's glyph list.
 */
const KNOWN = /[\uf020\uf0b7\uf730-\uf739\uf761-\uf77a]/g;
/** Adobe's are at 0xF700 plus the code of the character; small capitals use the small letters. */
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

/** Replaces the text of runs for which `isCoded` is true, and counts the replaced characters. */
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

/** Whether a font maps its characters to Unicode: always, perhaps by chance, or never. */
export type FontTruth = "text" | "perhaps" | "codes";

/**
 * Checks the Unicode mapping of a font. Composite fonts need a CMap or a known character
 * collection.
 */
export function truthOf(font: PdfDictionary, objects: FileObjects): FontTruth {
  const isComposite = isNamed(font.get("Subtype"), "Type0");
  if (!isComposite || font.has("ToUnicode")) return "text";
  const [descendant] = asArray(objects.get(font.get("DescendantFonts")));
  const dictionary = objects.dictionary(descendant);
  const ordering = objects.get(objects.dictionary(dictionary.get("CIDSystemInfo")).get("Ordering"));
  const isIdentity = ordering !== null && typeof ordering === "object" && "raw" in ordering;
  if (!isIdentity || ordering.raw !== "(Identity)") return "text";
  // A viewer finds the glyphs of a font that is not embedded by its name. Codes with a glyph map
  // may be the characters themselves.
  const isEmbedded = objects.dictionary(dictionary.get("FontDescriptor")).has("FontFile2");
  return isEmbedded && !isReference(dictionary.get("CIDToGIDMap")) ? "codes" : "perhaps";
}

function asArray<T>(value: T): (T extends (infer Each)[] ? Each : never)[] {
  return Array.isArray(value) ? value : [];
}

/** Scripts that share one font. */
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
/**
 * The least share of letters in one script, and the largest share of invalid characters, in text.
 */
const [LEAST_OF_SCRIPT, MOST_NO_SIGNS] = [0.6, 0.05];
// oxlint-disable-next-line no-control-regex
const NO_SIGN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Cn}|\p{Co}/u;

/** True for glyph codes instead of text: their characters come from many scripts. */
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
