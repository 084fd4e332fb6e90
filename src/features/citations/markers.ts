/** Finds the passage numbers in an answer. Pure. */

/** UTF-16 indexes, end exclusive. */
export type Span = { start: number; end: number };

export type Marker = Span & { points: number[] };

const NUMBER = String.raw`[\^#]?\d{1,4}`;
const LIST = String.raw`${NUMBER}(?:\s{0,2}(?:[,;&–-]|and)\s{0,2}(?:passages?\s)?${NUMBER}){0,19}`;
const MARKER = new RegExp(
  String.raw`[\[【]\s?(?:(?:passages?|no\.?)\s{0,2})?(${LIST})\s?[\]】]`,
  "gi",
);
const LONGEST_RUN = 10;

/** Finds `[1]`, `[1, 2]`, `[2-4]`, `[^1]` and `[passage 1]`, in text order. */
export function findMarkers(text: string): Marker[] {
  return [...text.matchAll(MARKER)].map((match) => {
    const [whole, list = ""] = match;
    return { start: match.index, end: match.index + whole.length, points: numbersOf(list) };
  });
}

function numbersOf(list: string): number[] {
  const numbers = list.split(/[,;&]|and/i).flatMap((item) => {
    const [first = 0, last = first] = (item.match(/\d+/g) ?? []).map(Number);
    const length = Math.min(Math.max(last - first, 0), LONGEST_RUN);
    return Array.from({ length: length + 1 }, (_, index) => first + index);
  });
  return [...new Set(numbers)];
}
