/** Finds definitions of terms: “Affiliate” means …, (the “Services”). Pure. */
import { foldedWords } from "./words.ts";

const OPEN = `["“„«‟]`;
const CLOSE = `["”“»]`;
const TERM = `${OPEN}([^"“”„«»\\n]{2,60})${CLOSE}`;
const VERB = `means?|shall mean|(?:has|have|shall have) the meanings?|(?:is|are) defined|refers? to|bedeute[nt]|bezeichne[nt]|(?:signifie|désigne)(?:nt)?|significa[n]?|betekent|oznacza|betyder`;

const MEANS = new RegExp(
  `${TERM}[\\s\\u00a0]{0,3}(?:\\([^()]{0,80}\\)[\\s\\u00a0]{0,3})?(?:${VERB})(?![\\p{L}])`,
  "giu",
);
/** Such as: … (collectively, the “Services”). */
const IN_BRACKETS = new RegExp(`\\([^()"“”„«»]{0,60}${TERM}[^()"“”„«»]{0,40}\\)`, "gu");

const MOST_TERMS = 20;

/** The terms that a text defines, each as folded words separated by spaces. */
export function definedTerms(text: string): string[] {
  const found = [MEANS, IN_BRACKETS].flatMap((pattern) => [...text.matchAll(pattern)]);
  const terms = found
    .map(([, term = ""]) => foldedWords(term).join(" "))
    .filter((term) => term !== "");
  return [...new Set(terms)].slice(0, MOST_TERMS);
}

const LONGEST_TERM = 4;
const MOST_CANDIDATES = 96;

/** The groups of adjacent words of a question that may be a defined term, single words first. */
export function candidateTerms(words: readonly string[]): string[] {
  const candidates: string[] = [];
  for (let length = 1; length <= LONGEST_TERM; length++) {
    for (let at = 0; at + length <= words.length; at++) {
      candidates.push(words.slice(at, at + length).join(" "));
    }
  }
  return [...new Set(candidates)].slice(0, MOST_CANDIDATES);
}
