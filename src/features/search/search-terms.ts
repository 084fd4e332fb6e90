/** Parses a search in the syntax of Postgres' `websearch_to_tsquery`. Pure. */
import { foldCase, foldText } from "../../lib/fold-text.ts";
import { joinWrapped, type Stretch, stretchesOf, tokensOf } from "../../lib/text-tokens.ts";

export type SearchTerms = {
  /** What is searched for, without exclusions and operators. */
  text: string;
  /** For `websearch_to_tsquery`: bounded and without duplicates, so that no search text is slow. */
  websearch: string;
  /** Excluded terms of several tokens: a text is excluded if it has all tokens of one of them. */
  withoutAll: string[];
  /** The tokens of the significant words, folded as in the index. */
  tokens: string[];
  /** All searched words, those of phrases included, in lower case; distinct, as are the following. */
  words: string[];
  /** The words that are no stop words; all words if there are only stop words. */
  significant: string[];
  phrases: string[];
  excluded: string[];
};

/** The most words or phrases; further ones are ignored. */
const MOST_TERMS = 20;

/** A quoted phrase or a word, with `-` before it to exclude it. */
const TERM = /-?(?:"[^"]*"?|[^\s"]+)/g;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const OR = "or";

const EMPTY_WORDS = new Set(
  "a an and any are as at be been by can could did do does for from had has have how i if in into is it its may me my no not of on or our shall should so than that the their then there these they this those to under was we were what when where which who why will with would you your".split(
    " ",
  ),
);

/** Parses the text of a search. */
export function parseSearch(text: string): SearchTerms {
  const terms = firstTerms(text);
  const wanted = terms.filter((term) => !isExcluded(term) && !isOr(term));
  const words = distinct(wanted.flatMap(wordsOf)).slice(0, MOST_TERMS);
  const significant = words.filter((word) => !EMPTY_WORDS.has(word));
  const phrases = wanted.filter((term) => term.startsWith('"')).map(normalised);
  const searched = significant.length > 0 ? significant : words;
  const isWhole = (term: string) => isExcluded(term) && hasPairs(term);
  return {
    text: wanted.map((term) => term.replaceAll('"', "")).join(" "),
    websearch: terms
      .filter((term) => !isWhole(term))
      .map(toWebsearch)
      .join(" "),
    withoutAll: terms.filter(isWhole).map((term) => tokensIn(term).join(" ")),
    tokens: distinct(searched.flatMap(tokensIn)),
    words,
    significant: searched,
    phrases: phrases.filter((phrase) => phrase.includes(" ")),
    excluded: terms.filter(isExcluded).map(normalised),
  };
}

/** True when the text contains all phrases word for word and nothing that is excluded. */
export function fits({ phrases, excluded }: SearchTerms, text: string): boolean {
  if (phrases.length + excluded.length === 0) return true;
  const words = ` ${normalised(joinWrapped(text))} `;
  const has = (phrase: string) => words.includes(` ${phrase} `);
  return phrases.every(has) && !excluded.some(has);
}

/**
 * False when all words are in scripts that are indexed by pairs of characters, and the text has so few
 * pairs of each that they must belong to other words.
 */
export function mayHold({ significant }: SearchTerms, text: string): boolean {
  const wanted = stretchesOf(foldText(significant.join(" ")));
  if (wanted.length === 0 || wanted.some(({ isPaired }) => !isPaired)) return true;
  const held = stretchesOf(foldText(joinWrapped(text)));
  const tokens = new Set(held.flatMap((one) => [...tokensOf(one), ...Array.from(one.text)]));
  return wanted.some((word) => hasMost(word, tokens));
}

/**
 * True when the text has all pairs of a short word, or a third of the pairs of a long one, which may be
 * inflected or a sentence.
 */
function hasMost(word: Stretch, held: ReadonlySet<string>): boolean {
  const wanted = tokensOf(word);
  const found = wanted.filter((token) => held.has(token)).length;
  return found >= Math.min(wanted.length, Math.max(2, Math.ceil(wanted.length / 3)));
}

/** The first distinct terms; `or` does not count. */
function firstTerms(text: string): string[] {
  const all = (text.match(TERM) ?? []).filter((term) => normalised(term) !== "");
  const left = new Set(distinct(all.filter((term) => !isOr(term))).slice(0, MOST_TERMS));
  return all.filter((term) => isOr(term) || left.delete(term));
}

function isOr(term: string): boolean {
  return term.toLowerCase() === OR;
}

function isExcluded(term: string): boolean {
  return term.startsWith("-");
}

/**
 * The words separated by spaces; single characters in scripts indexed by pairs, where a phrase may begin
 * anywhere.
 */
function normalised(text: string): string {
  return stretchesOf(foldText(text))
    .flatMap((stretch) => (stretch.isPaired ? Array.from(stretch.text) : [stretch.text]))
    .join(" ");
}

function wordsOf(text: string): string[] {
  return foldCase(text).match(WORD) ?? [];
}

function tokensIn(text: string): string[] {
  return stretchesOf(foldText(text)).flatMap(tokensOf);
}

function hasPairs(term: string): boolean {
  const stretches = stretchesOf(foldText(term));
  return stretches.some(({ isPaired }) => isPaired) && tokensIn(term).length > 1;
}

/** The term in tokens of the index, as a phrase where possible. */
function toWebsearch(term: string): string {
  if (isOr(term)) return OR;
  const sign = isExcluded(term) ? "-" : "";
  const tokens = tokensIn(term);
  if (hasPairs(term)) return tokens.map((token) => `"${token}"`).join(" ");
  return `${sign}"${tokens.join(" ")}"`;
}

function distinct(values: string[]): string[] {
  return [...new Set(values)];
}
