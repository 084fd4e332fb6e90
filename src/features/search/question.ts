/** What a search asks for, in the syntax of Postgres' `websearch_to_tsquery`. Pure. */
import { foldText } from "../../lib/fold-text.ts";
import { stretchesOf, tokensOf } from "./tokens.ts";

export type Question = {
  /** For `websearch_to_tsquery`: no longer, and nothing twice, so that no text of a search takes long. */
  websearch: string;
  /** What is excluded and has several tokens: a text with all of one of them. */
  withoutAll: string[];
  /** Of the words that say something, folded, as the index of messages has them. */
  tokens: string[];
  /** Words that are looked for, also those of phrases, in lower case; here and below, each once. */
  words: string[];
  /** Those of them that say something, all where none does. */
  telling: string[];
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
export function readQuestion(text: string): Question {
  const terms = firstTerms(text);
  const wanted = terms.filter((term) => !isExcluded(term) && !isOr(term));
  const words = distinct(wanted.flatMap(wordsOf)).slice(0, MOST_TERMS);
  const telling = words.filter((word) => !EMPTY_WORDS.has(word));
  const phrases = wanted.filter((term) => term.startsWith('"')).map(normalised);
  const said = telling.length > 0 ? telling : words;
  const isWhole = (term: string) => isExcluded(term) && hasPairs(term);
  return {
    websearch: terms
      .filter((term) => !isWhole(term))
      .map(toWebsearch)
      .join(" "),
    withoutAll: terms.filter(isWhole).map((term) => tokensIn(term).join(" ")),
    tokens: distinct(said.flatMap(tokensIn)),
    words,
    telling: said,
    phrases: phrases.filter((phrase) => phrase.includes(" ")),
    excluded: terms.filter(isExcluded).map(normalised),
  };
}

/** True where the text has all phrases, word for word, and nothing that is excluded. */
export function fits({ phrases, excluded }: Question, text: string): boolean {
  if (phrases.length + excluded.length === 0) return true;
  const words = ` ${normalised(text)} `;
  const has = (phrase: string) => words.includes(` ${phrase} `);
  return phrases.every(has) && !excluded.some(has);
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

function normalised(text: string): string {
  return wordsOf(foldText(text)).join(" ");
}

function wordsOf(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(WORD) ?? [];
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
