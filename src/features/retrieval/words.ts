/**
 * Splits text into plain words, so that Postgres' parser finds no hosts or paths in it. In two forms:
 * stemmers need diacritics, and users may omit them. Pure.
 */
import { foldCase, foldText } from "../../lib/fold-text.ts";
import { joinWrapped, type Stretch, stretchesOf, tokensOf } from "../../lib/text-tokens.ts";

/** Words are separated by single spaces. */
export type Words = {
  /** With diacritics; without scripts that are indexed by pairs of characters. */
  written: string;
  /** Without diacritics; in those scripts every pair of characters and every character. */
  folded: string;
  /** The number of words, pairs counted as words. */
  size: number;
};

/** Some characters expand to a phrase when folded: the folded text is cut at twice the text's length. */
const MOST_GROWTH = 2;

/** A lone combining mark is no word. */
const STARTS_WORD = /^[\p{L}\p{N}]/u;

/** The words of a question, with diacritics. */
export function writtenWords(text: string): string[] {
  return readWords(text, foldCase)
    .filter(({ isPaired }) => !isPaired)
    .flatMap(tokensOf)
    .filter((word) => STARTS_WORD.test(word));
}

/** The words of a question, without diacritics, and as pairs. */
export function foldedWords(text: string): string[] {
  return readWords(text, foldText).flatMap(tokensOf);
}

/**
 * The words of a text for the index. Single characters are included, so that a question of one character
 * finds them.
 */
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

/**
 * The words of a file name such as `DataUse_Agreement_2017.pdf`; camel-case words both joined and split.
 */
export function wordsOfName(name: string): Words {
  const stem = name
    .normalize("NFKC")
    .replace(/\.[a-z]{2,5}$/i, "")
    .replace(/%20|_20/g, " ");
  const apart = stem.replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ");
  const { written, folded, size } = indexedWords(`${stem} ${apart}`);
  return { written: withoutNumbers(written), folded: withoutNumbers(folded), size };
}

function readWords(text: string, fold: (text: string) => string): Stretch[] {
  const folded = fold(joinWrapped(text)).slice(0, MOST_GROWTH * text.length);
  return [...stretchesOf(folded), ...numbersIn(folded), ...hyphenatedIn(folded)];
}

/** A word that a hyphen divides at the end of a line. */
const HYPHENATED =
  /(?<![\p{L}\p{M}])([\p{L}\p{M}]{1,40})[-\u2010]\r?\n[ \t]{0,20}(\p{Ll}[\p{L}\p{M}]{0,40})/gu;

/** One more word for each that ends on the next line: “indem-” and “nify” are also “indemnify”. */
function hyphenatedIn(folded: string): Stretch[] {
  return Array.from(folded.matchAll(HYPHENATED), ({ index, 1: head = "", 2: tail = "" }) => ({
    text: head + tail,
    index,
    isPaired: false,
  }));
}

/** Numbers with separators: an amount, the number of a clause, a date. */
const NUMBER =
  /(?<!\d)(?:\d{1,3}(?: \d{3}){1,5}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,'’]\d{1,12}){1,8})(?!\d)/gu;
const GROUPED = /^\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?$/u;
const DECIMALS = /[.,](\d{1,2})$/u;

/**
 * One more word for each number with separators, as Postgres' parser divides them: “3,000.00” is “3000”, and
 * “7.2” one word that “7” and “2” far from each other are not.
 */
function numbersIn(folded: string): Stretch[] {
  return Array.from(folded.matchAll(NUMBER), ({ 0: number, index }) => ({
    text: numberWord(number),
    index,
    isPaired: false,
  }));
}

function numberWord(number: string): string {
  const [, decimals = ""] = DECIMALS.exec(number) ?? [];
  const isGrouped = GROUPED.test(number);
  const whole = isGrouped ? number.replace(DECIMALS, "").replace(/\D/gu, "") : "";
  if (isGrouped) return /^0*$/.test(decimals) ? whole : `${whole}${JOINT}${decimals}`;
  return number.split(/\D/u).join(JOINT);
}

/** Stands for the separator within one word. */
const JOINT = "zx";

/** Removes long numbers, which are identifiers. */
function withoutNumbers(words: string): string {
  return words
    .split(" ")
    .filter((word) => !/^\d{5,}$/.test(word))
    .join(" ");
}
