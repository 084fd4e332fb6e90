/** What a search asks for, read as `websearch_to_tsquery` of Postgres reads it. Pure. */

/** All in lower case. */
export type Question = {
  /** Words, also those of phrases. */
  words: string[];
  phrases: string[];
  excluded: string[];
};

/** A phrase in quotes or a word, either of them with `-` before it where it is not to be there. */
const TERM = /(-?)"([^"]*)"?|(-?)([^\s"]+)/g;
const WORD = /[\p{L}\p{N}]+/gu;

/** Between two words it means what the search does anyway: rank what holds more of them higher. */
const OR = "or";

/** Takes the text of a search apart. */
export function readQuestion(text: string): Question {
  const question: Question = { words: [], phrases: [], excluded: [] };
  for (const [, notPhrase, phrase, notWord, word] of text.matchAll(TERM)) {
    const words = wordsOf(phrase ?? word ?? "");
    const joined = words.join(" ");
    if (joined === "" || (phrase === undefined && joined === OR)) continue;
    if (notPhrase || notWord) question.excluded.push(joined);
    else question.words.push(...words);
    if (phrase !== undefined && !notPhrase && words.length > 1) question.phrases.push(joined);
  }
  return question;
}

/** True where the text has all phrases, word for word, and nothing that is excluded. */
export function fits({ phrases, excluded }: Question, text: string): boolean {
  if (phrases.length + excluded.length === 0) return true;
  const words = ` ${wordsOf(text).join(" ")} `;
  const has = (phrase: string) => words.includes(` ${phrase} `);
  return phrases.every(has) && !excluded.some(has);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}
