/** Groups passages with their indexed words into slices of a few hundred. */
import { crossReferences } from "./cross-references.ts";
import { marksOf } from "./passage-marks.ts";
import type { Passage } from "./passage.ts";
import { indexedWords, type Words, wordsOfName } from "./words.ts";

export type IndexedPassage = {
  passage: Passage;
  /** The words of the passage. */
  body: Words;
  /** The words of the headings above it. */
  titles: Words;
  /** The words of the adjacent passages, which give it context. */
  around: Words[];
  marks: Map<string, number>;
  /** The ordinals of the passages that it refers to, in the order of the references. */
  targets: number[];
};

export type Slice = {
  /** The first ordinal of the slice. */
  part: number;
  rows: IndexedPassage[];
  /** What names the document: the file name, and the beginning of its text. Only in the first slice. */
  naming: { name: Words; beginning: Words } | undefined;
};

/** Passages per write: few enough for one call. */
export const PASSAGES_OF_PART = 200;

/** The beginning of a document, in UTF-16 units: title, date and parties. */
const BEGINNING = 1_500;

/** The slices of a document in order. `from`: the first ordinal, which must begin a slice. */
export function* slicesOf(
  passages: readonly Passage[],
  file: { name: string; text: string },
  from = 0,
): Generator<Slice> {
  const naming = {
    name: wordsOfName(file.name),
    beginning: indexedWords(file.text.slice(0, BEGINNING)),
  };
  const targets = crossReferences(passages);
  let rows: IndexedPassage[] = [];
  let part = from;
  for (const passage of passages) {
    if (passage.ordinal < from) continue;
    if (rows.length === PASSAGES_OF_PART) {
      yield { part, rows: withAround(rows), naming: part === 0 ? naming : undefined };
      rows = [];
      part = passage.ordinal;
    }
    rows.push(indexed(passage, targets.get(passage.ordinal) ?? []));
  }
  yield { part, rows: withAround(rows), naming: part === 0 ? naming : undefined };
}

function indexed(passage: Passage, targets: number[]): IndexedPassage {
  const body = indexedWords(passage.text);
  const titles = indexedWords(passage.headings.join(" "));
  return { passage, body, titles, around: [], marks: marksOf(passage), targets };
}

function withAround(rows: IndexedPassage[]): IndexedPassage[] {
  return rows.map((row, index) => {
    const beside = [rows[index - 1], rows[index + 1]];
    return { ...row, around: beside.flatMap((other) => other?.body ?? []) };
  });
}
