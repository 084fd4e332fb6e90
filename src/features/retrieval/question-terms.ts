/** Turns the user's question into search terms. Pure. */
import { candidateTerms } from "./definitions.ts";
import { referencesIn } from "./part-references.ts";
import { foldedWords, writtenWords } from "./words.ts";

/** `word`s are stemmed by the search; `name`s may name the document that the question is about, `mark`s are those of passage-marks.ts. */
export type QuestionTerm = { kind: "word" | "name" | "mark"; text: string; weight: number };

/** Words that phrase a question without describing its subject. */
const QUESTION_WORDS = new Set(
  `consider regarding concerning according document documents contract contracts agreement agreements
  clause clauses provision provisions section sections term terms say says state states stated mention
  mentions mentioned indicate indicates include includes included contain contains specify specifies
  provide provides provided describe describes allow allows permit permits require requires required
  happens happen event whether please tell show find list explain some any certain circumstances
  conditions arrangements fact one under what which who whom when where why how does do did is are was
  were can could would should there this that these those the a an of in on to for and or by with`.split(
    /\s+/,
  ),
);

/** The weight of the words of the question itself; those of its frame weigh less. */
export const WORD_WEIGHT = 1;
const WEIGHT = {
  word: WORD_WEIGHT,
  frame: 0.25,
  part: 4,
  definition: 0.5,
  name: 1,
  nameInQuestion: 0.3,
};
const MOST_WORDS = 64;

/** The terms of a question, with their weights. */
export function termsOf(query: string): QuestionTerm[] {
  const { frame, question } = divide(query);
  return [
    ...terms("word", contentOf(question), WEIGHT.word),
    ...terms("word", contentOf(frame), WEIGHT.frame),
    ...marks("part", referencesIn(query), WEIGHT.part),
    ...marks("term", candidateTerms(foldedWords(question)), WEIGHT.definition),
    ...terms("name", formsOf(frame), WEIGHT.name),
    ...terms("name", formsOf(question), WEIGHT.nameInQuestion),
  ];
}

/** Scripts without spaces have none after a sentence either. */
const ENDS_PART = /[;:\n；：]|(?<=[.?!؟])\s|(?<=[。？！])/u;
const QUESTION_MARKS = new Set(["?", "？", "؟", "\u037e"]);

/** Splits a query into the question itself and its frame, such as the name of the contract. */
function divide(query: string): { frame: string; question: string } {
  const parts = query.split(ENDS_PART).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const questionAt = parts.findLastIndex((part) => QUESTION_MARKS.has(part.trim().at(-1) ?? ""));
  const at = questionAt >= 0 ? questionAt : parts.length - 1;
  return { frame: parts.toSpliced(at, 1).join(" "), question: parts[at] ?? "" };
}

/** Fewer do not say what is asked. */
const FEWEST_WORDS = 3;

/**
 * The part of a query whose meaning is to be found, without its frame: a vector of both would be near to
 * every passage of the named document.
 */
export function questionOf(query: string): string {
  const { question } = divide(query);
  return foldedWords(question).length < FEWEST_WORDS ? query : question.trim();
}

function contentOf(text: string): string[] {
  const words = formsOf(text);
  const content = words.filter((word) => !QUESTION_WORDS.has(word));
  return content.length > 0 ? content : words;
}

/** The first words, with and without diacritics: a document may contain either form. */
function formsOf(text: string): string[] {
  const forms = [writtenWords(text), foldedWords(text)];
  return distinct(forms.flatMap((words) => distinct(words).slice(0, MOST_WORDS)));
}

function terms(kind: QuestionTerm["kind"], words: string[], weight: number): QuestionTerm[] {
  return distinct(words).map((text) => ({ kind, text, weight }));
}

function marks(kind: string, keys: string[], weight: number): QuestionTerm[] {
  return keys.map((key) => ({ kind: "mark", text: `${kind}:${key}`, weight }));
}

function distinct(words: string[]): string[] {
  return [...new Set(words)];
}
