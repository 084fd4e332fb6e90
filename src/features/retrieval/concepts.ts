/**
 * A thesaurus of law: what is asked for in one set of words ("is there a cap on liability?") and said
 * in another ("shall in no event exceed the fees paid"). Passages are marked with the concepts that
 * they speak of, and a question that asks for one finds them by the mark.
 */
import { CONFIDENTIALITY } from "./concepts-confidentiality.ts";
import { COMMERCIAL } from "./concepts-commercial.ts";
import { PROPERTY } from "./concepts-property.ts";
import { TERM } from "./concepts-term.ts";

/** All patterns are held against plain words (words.ts): lower case, single blanks, no signs. */
export type Concept = {
  /** Lower-case words joined by underscores. */
  name: string;
  /** Questions that ask for it. */
  asked: RegExp;
  /** What a clause about it says; each further one that is found makes it more certain. */
  said: RegExp[];
  /** What may be about it. */
  hinted?: RegExp;
  /** Further words for the search, which weigh less than the question's own. */
  words: string;
};

const CONCEPTS: readonly Concept[] = [...TERM, ...COMMERCIAL, ...PROPERTY, ...CONFIDENTIALITY];

/** Patterns look back and forth: no more is held against them than a passage or a question is long. */
const LOOKED_AT = 1_500;

const CERTAINTY = { said: 0.6, further: 0.15, titled: 0.25, hinted: 0.25 };

/** The concepts that a text in plain words speaks of, from 0 to 1 how certainly. */
export function conceptsIn(words: string, titles: string): { name: string; strength: number }[] {
  const [body, heads] = [words.slice(0, LOOKED_AT), titles.slice(0, LOOKED_AT)];
  return CONCEPTS.flatMap((concept) => {
    const strength = strengthOf(concept, body, heads);
    return strength > 0 ? [{ name: concept.name, strength }] : [];
  });
}

function strengthOf({ asked, said, hinted }: Concept, words: string, titles: string): number {
  const found = said.filter((pattern) => pattern.test(words)).length;
  const titled = asked.test(titles) ? CERTAINTY.titled : 0;
  if (found > 0) return Math.min(1, CERTAINTY.said + CERTAINTY.further * (found - 1) + titled);
  const isHinted = hinted?.test(words) === true;
  return (isHinted ? CERTAINTY.hinted : 0) + titled;
}

/** The concepts that a question in plain words asks for. */
export function conceptsAsked(words: string): readonly Concept[] {
  const question = words.slice(0, LOOKED_AT);
  return CONCEPTS.filter(({ asked }) => asked.test(question));
}
