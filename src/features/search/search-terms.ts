/** What a search asks for, in the syntax of Postgres' `websearch_to_tsquery`. Pure. */
import { foldCase, foldText } from "../../lib/fold-text.ts";
import { joinWrapped, type Stretch, stretchesOf, tokensOf } from "../../lib/text-tokens.ts";

export type SearchTerms = {
  /** For `websearch_to_tsquery`: no longer, and nothing twice, so that no text of a search takes long. */
  websearch: string;
  /** What is excluded and has several tokens: a text with all of one of them. */
  withoutAll: string[];
  /** Of the words that say something, folded, as the index of messages has them. */
  tokens: string[];
  /** Words that are looked for, also those of phrases, in lower case; here and below, each once. */
  words: string[];
  /** Those of them that say something, all where none does. */
  significant: string[];
  phrases: string[];
  excluded: string[];
};

/** So many words or phrases count, the first. */
const MOST_TERMS = 20;

/** A phrase in quotes or a word, either of them with `-` before it where it is not to be there. */
const TERM = /-?(?:"[^"]*"?|[^\s"]+)/g;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const OR = "or";

const EMPTY_WORDS = new Set(
  "a an and any are as at be been by can could did do does for from had has have how i if in into is it its may me my no not of on or our shall should so than that the their then there these they this those to under was we were what when where which who why will with would you your".split(
    " ",
  ),
);

/** Takes the text of a search apart. */
export function parseSearch(text: string): SearchTerms {
  const terms = firstTerms(text);
  const wanted = terms.filter((term) => !isExcluded(term) && !isOr(term));
  const words = distinct(wanted.flatMap(wordsOf)).slice(0, MOST_TERMS);
  const significant = words.filter((word) => !EMPTY_WORDS.has(word));
  const phrases = wanted.filter((term) => term.startsWith('"')).map(normalised);
  const said = significant.length > 0 ? significant : words;
  const isWhole = (term: string) => isExcluded(term) && hasPairs(term);
  return {
    websearch: terms
      .filter((term) => !isWhole(term))
      .map(toWebsearch)
      .join(" "),
    withoutAll: terms.filter(isWhole).map((term) => tokensIn(term).join(" ")),
    tokens: distinct(said.flatMap(tokensIn)),
    words,
    significant: said,
    phrases: phrases.filter((phrase) => phrase.includes(" ")),
    excluded: terms.filter(isExcluded).map(normalised),
  };
}

/** True where the text has all phrases, word for word, and nothing that is excluded. */
export function fits({ phrases, excluded }: SearchTerms, text: string): boolean {
  if (phrases.length + excluded.length === 0) return true;
  const words = ` ${normalised(joinWrapped(text))} `;
  const has = (phrase: string) => words.includes(` ${phrase} `);
  return phrases.every(has) && !excluded.some(has);
}

/**
 * False where the words are all of scripts whose words are found by pairs, and the text has so few pairs of
 * each that they stand there in other words.
 */
export function mayHold({ significant }: SearchTerms, text: string): boolean {
  const asked = stretchesOf(foldText(significant.join(" ")));
  if (asked.length === 0 || asked.some(({ isPaired }) => !isPaired)) return true;
  const held = stretchesOf(foldText(joinWrapped(text)));
  const tokens = new Set(held.flatMap((one) => [...tokensOf(one), ...Array.from(one.text)]));
  return asked.some((word) => hasMost(word, tokens));
}

/** Of a short word all pairs; of a longer one enough of them, for its ends may differ, or it is a sentence. */
function hasMost(word: Stretch, held: ReadonlySet<string>): boolean {
  const wanted = tokensOf(word);
  const found = wanted.filter((token) => held.has(token)).length;
  return found >= Math.min(wanted.length, Math.max(2, Math.ceil(wanted.length / 3)));
}

/** `or` is no term of its own: it may stand between any two. */
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

/** Words between blanks; where words are found by pairs, each character: a phrase may begin anywhere there. */
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

/** The same term of the index's tokens: they stand together, as far as those of pairs can. */
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
