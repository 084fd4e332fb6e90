/** A question in a person's words as terms to look for: pure, and safe whatever the words are. */
import { conceptsAsked } from "./concepts.ts";
import { foldedWords, writtenWords } from "./words.ts";

/** `word`s are stemmed where they are looked for; `name`s are of the document that is meant. */
export type AskedTerm = { kind: "word" | "name" | "concept"; text: string; weight: number };

/** Words that ask, and say nothing of what is asked for. */
const ASKING = new Set(
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

const WEIGHT = { word: 1, frame: 0.25, further: 0.3, concept: 3, name: 1, nameInQuestion: 0.3 };
const MOST_WORDS = 64;

/** The terms of a question, each once, with the highest of its weights. */
export function termsOf(query: string): AskedTerm[] {
  const { frame, question } = divide(query);
  const concepts = conceptsAsked(writtenWords(question).join(" "));
  return [
    ...terms("word", contentOf(question), WEIGHT.word),
    ...terms("word", contentOf(frame), WEIGHT.frame),
    ...concepts.flatMap(({ words }) => terms("word", words.split(" "), WEIGHT.further)),
    ...concepts.map(({ name }) => ({
      kind: "concept" as const,
      text: name,
      weight: WEIGHT.concept,
    })),
    ...terms("name", formsOf(frame), WEIGHT.name),
    ...terms("name", formsOf(question), WEIGHT.nameInQuestion),
  ];
}

/** Scripts without blanks have none after a sentence either. */
const ENDS_PART = /[;:\n；：]|(?<=[.?!؟])\s|(?<=[。？！])/u;
const QUESTION_MARKS = new Set(["?", "？", "؟", "\u037e"]);

/** What is asked, and what is said before it, such as the name of the contract. */
function divide(query: string): { frame: string; question: string } {
  const parts = query.split(ENDS_PART).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const asks = parts.findLastIndex((part) => QUESTION_MARKS.has(part.trim().at(-1) ?? ""));
  const at = asks >= 0 ? asks : parts.length - 1;
  return { frame: parts.toSpliced(at, 1).join(" "), question: parts[at] ?? "" };
}

function contentOf(text: string): string[] {
  const words = formsOf(text);
  const content = words.filter((word) => !ASKING.has(word));
  return content.length > 0 ? content : words;
}

/** The first words, and the same without diacritics where they have some: a document may have either. */
function formsOf(text: string): string[] {
  const forms = [writtenWords(text), foldedWords(text)];
  return distinct(forms.flatMap((words) => distinct(words).slice(0, MOST_WORDS)));
}

function terms(kind: AskedTerm["kind"], words: string[], weight: number): AskedTerm[] {
  return distinct(words).map((text) => ({ kind, text, weight }));
}

function distinct(words: string[]): string[] {
  return [...new Set(words)];
}
