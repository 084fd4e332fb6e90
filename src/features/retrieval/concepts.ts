/**
 * A thesaurus of law: what is asked for in one set of words ("is there a cap on liability?") and said
 * in another ("shall in no event exceed the fees paid"). Passages are marked with the concepts that
 * they speak of, and a question that asks for one finds them by the mark.
 */
import { COMMERCIAL } from "./concepts-commercial.ts";
import { CONFIDENTIALITY } from "./concepts-confidentiality.ts";

export type Concept = {
  /** Lower-case words joined by underscores. */
  name: string;
  /** Questions that ask for it. Patterns are held against plain words (words.ts). */
  asked: RegExp;
  /** What a passage says that speaks of it; each pattern found makes it more certain. */
  said: RegExp[];
  /** Further words for the search, which weigh less than the question's own. */
  words: string;
};

const CONCEPTS: readonly Concept[] = [...COMMERCIAL, ...CONFIDENTIALITY];

/** The concepts that a text in plain words speaks of, from 0 to 1 how certainly. */
export function conceptsIn(words: string, titles: string): { name: string; strength: number }[] {
  return CONCEPTS.flatMap(({ name, asked, said }) => {
    const found = said.filter((pattern) => pattern.test(words)).length;
    if (found === 0) return [];
    const inTitle = asked.test(titles) || said.some((pattern) => pattern.test(titles)) ? 0.3 : 0;
    return [{ name, strength: Math.min(1, 0.5 + 0.2 * (found - 1) + inTitle) }];
  });
}

/** The concepts that a question in plain words asks for. */
export function conceptsAsked(words: string): readonly Concept[] {
  return CONCEPTS.filter(({ asked }) => asked.test(words));
}
