/** Marks that retrieval matches besides words: the part of the document, and the terms a passage defines. Pure. */
import { definedTerms } from "./definitions.ts";
import { partOfLine } from "./part-references.ts";
import type { Passage } from "./passage.ts";

/** The strengths of marks, from 0 to 1. */
const STRENGTH = { begins: 1, below: 0.5, page: 0.6, defines: 0.8 };

const MOST_LINES = 50;

/** The marks of a passage (`part:7.2`, `part:schedule b`, `part:page 14`, `term:affiliate`) with their strengths. */
export function marksOf({ text, headings, page }: Passage): Map<string, number> {
  const marks = new Map<string, number>();
  const add = (kind: string, key: string | undefined, strength: number) => {
    if (key === undefined) return;
    const mark = `${kind}:${key}`;
    marks.set(mark, Math.max(marks.get(mark) ?? 0, strength));
  };
  if (page !== null) add("part", `page ${page}`, STRENGTH.page);
  for (const heading of headings) addParts(heading, STRENGTH.below);
  for (const line of text.split("\n", MOST_LINES)) addParts(line, STRENGTH.begins);
  for (const term of definedTerms(text)) add("term", term, STRENGTH.defines);
  return marks;

  /** Adds the enclosing parts too: clause 7.2.1 is part of 7.2 and of 7. */
  function addParts(line: string, strength: number): void {
    const key = partOfLine(line);
    add("part", key, strength);
    if (key === undefined || !/^\d+\./.test(key)) return;
    const numbers = key.split(".");
    for (let length = 1; length < numbers.length; length++) {
      add("part", numbers.slice(0, length).join("."), STRENGTH.below * 0.8);
    }
  }
}
