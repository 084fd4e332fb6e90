/**
 * Splits folded text into the tokens of the message and document indexes. In scripts without spaces
 * between words, or with affixes at both ends, the tokens are pairs of characters. Pure.
 */

/** Hebrew, Arabic, Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese and Korean: indexed by pairs. */
const PAIRED =
  "\\u05d0-\\u05ea\\u0620-\\u064a\\u066e-\\u06d3\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e80-\\u0ecf\\u0f40-\\u0fbc\\u1000-\\u109f\\u1780-\\u17d3\\u3005\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
/** Without the punctuation of these scripts. Planes of ideographs have some that are not assigned yet. */
const IN_WORDS = "\\p{L}\\p{M}\\p{N}\\u{20000}-\\u{3ffff}";
/** A run of characters in such scripts, or a word in others. */
const STRETCH = new RegExp(
  `(?:(?=[${IN_WORDS}])[${PAIRED}])+|(?:(?![${PAIRED}])[\\p{L}\\p{M}\\p{N}])+`,
  "gu",
);
const IS_PAIRED = new RegExp(`^[${PAIRED}]`, "u");

/** Longer words are indexed in pieces, which bounds hostile text. */
const LONGEST_WORD = 100;

/** A word, or with `isPaired` a run of characters that are indexed by pairs; `index` is in UTF-16 units. */
export type Stretch = { text: string; index: number; isPaired: boolean };

/** The stretches of a folded text, in order. */
export function stretchesOf(folded: string): Stretch[] {
  return Array.from(folded.matchAll(STRETCH), ({ 0: text, index }) => ({
    text,
    index,
    isPaired: IS_PAIRED.test(text),
  }));
}

/** A line break inside of a word, in scripts that break anywhere. */
const WRAPPED =
  /(?<=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー])[ \t]*\r?\n[ \t]*(?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー])/gu;

/** Joins words that line breaks have split. */
export function joinWrapped(text: string): string {
  return text.replace(WRAPPED, "");
}

/**
 * The tokens of a stretch: a word in pieces, or pairs of characters; a single character is its own token.
 */
export function tokensOf({ text, isPaired }: Stretch): string[] {
  const characters = Array.from(text);
  if (isPaired && characters.length > 1) {
    return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  }
  const pieces: string[] = [];
  for (let from = 0; from < characters.length; from += LONGEST_WORD) {
    pieces.push(characters.slice(from, from + LONGEST_WORD).join(""));
  }
  return pieces;
}
