/**
 * Text as plain words, so that Postgres' parser sees nothing in it but words: no hosts, no paths. In two
 * forms: stemmers know words by their diacritics, and who asks may leave them out. Pure.
 */
import { foldCase, foldText } from "../../lib/fold-text.ts";
import { joinWrapped, stretchesOf, tokensOf } from "../../lib/text-tokens.ts";

/** Each with single blanks between its words. */
export type Words = {
  /** With their diacritics; without what is written in scripts whose words are found by pairs. */
  written: string;
  /** Without diacritics; in those scripts all pairs of characters, and all characters. */
  folded: string;
  /** How many there are, counted as a question has them. */
  size: number;
};

/** Some characters stand for a phrase: what grows by its form is read as far as twice the text is long. */
const MOST_GROWTH = 2;

/** What is left of a mark by itself, once folded, is no word. */
const STARTS_WORD = /^[\p{L}\p{N}]/u;

/** The words of a text as a question has them, with their diacritics. */
export function writtenWords(text: string): string[] {
  return readWords(text, foldCase)
    .filter(({ isPaired }) => !isPaired)
    .flatMap(tokensOf)
    .filter((word) => STARTS_WORD.test(word));
}

/** The words of a text as a question has them, without diacritics, and as pairs. */
export function foldedWords(text: string): string[] {
  return readWords(text, foldText).flatMap(tokensOf);
}

/** The words of a text as they are indexed. A question of one character finds it in any word. */
export function indexedWords(text: string): Words {
  const stretches = readWords(text, foldText);
  const words = stretches.flatMap(tokensOf);
  const characters = stretches
    .filter(({ isPaired }) => isPaired)
    .flatMap((stretch) => Array.from(stretch.text))
    .join(" ");
  return {
    written: writtenWords(text).join(" "),
    folded: `${words.join(" ")} ${characters}`.trim(),
    size: words.length,
  };
}

/** The words of a name such as `DataUse_Agreement_2017.pdf`: joined ones as one, and apart. */
export function wordsOfName(name: string): Words {
  const stem = name
    .normalize("NFKC")
    .replace(/\.[a-z]{2,5}$/i, "")
    .replace(/%20|_20/g, " ");
  const apart = stem.replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ");
  const { written, folded, size } = indexedWords(`${stem} ${apart}`);
  return { written: withoutNumbers(written), folded: withoutNumbers(folded), size };
}

function readWords(text: string, fold: (text: string) => string) {
  return stretchesOf(fold(joinWrapped(text)).slice(0, MOST_GROWTH * text.length));
}

/** Long ones are numbers of files, which nobody asks for. */
function withoutNumbers(words: string): string {
  return words
    .split(" ")
    .filter((word) => !/^\d{5,}$/.test(word))
    .join(" ");
}
