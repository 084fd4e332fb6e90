/**
 * The normal form of the search: compatibility forms replaced, lower case, without diacritics and
 * invisible characters. `fold_text` of migration 0021 is the same in SQL; a test compares the two. Pure.
 */

const INVISIBLE = String.raw`\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff`;
/** Combining marks of scripts that are readable without them. */
const DIACRITICS = String.raw`\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f`;

const UNSEEN = new RegExp(`[${INVISIBLE}]`, "gu");
const IGNORED = new RegExp(`[${DIACRITICS}${INVISIBLE}]`, "gu");

/** Letters that Unicode does not decompose. */
const LETTERS: Record<string, string> = {
  ł: "l",
  ø: "o",
  đ: "d",
  ħ: "h",
  ı: "i",
  ς: "σ",
  ß: "ss",
  æ: "ae",
  œ: "oe",
};

export function foldText(text: string): string {
  return text
    .normalize("NFKD")
    .replace(IGNORED, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[łøđħıςßæœ]/gu, (letter) => LETTERS[letter] ?? letter);
}

/** Like `foldText`, but with diacritics, which stemmers need. */
export function foldCase(text: string): string {
  return text.normalize("NFKC").replace(UNSEEN, "").normalize("NFC").toLowerCase();
}
