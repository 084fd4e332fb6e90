/** What a search asks for, in the syntax of Postgres' `websearch_to_tsquery`. Pure. */

export type Question = {
  /** For `websearch_to_tsquery`: no longer, and nothing twice, so that no text of a search takes long. */
  websearch: string;
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
const WORD = /[\p{L}\p{N}]+/gu;
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
  return {
    websearch: terms.join(" "),
    words,
    telling: telling.length > 0 ? telling : words,
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
  const first = new Set(distinct(all.filter((term) => !isOr(term))).slice(0, MOST_TERMS));
  return all.filter(
    (term, index) => isOr(term) || (first.has(term) && all.indexOf(term) === index),
  );
}

function isOr(term: string): boolean {
  return term.toLowerCase() === OR;
}

function isExcluded(term: string): boolean {
  return term.startsWith("-");
}

function normalised(text: string): string {
  return wordsOf(text).join(" ");
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

function distinct(values: string[]): string[] {
  return [...new Set(values)];
}
