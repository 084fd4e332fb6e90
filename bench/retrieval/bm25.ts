/** The baseline: BM25 over windows of 500 characters, as a textbook has it. */
import type { Retrieved } from "./score.ts";

const WINDOW = 500;
const K1 = 1.2;
const B = 0.75;

export type Window = Retrieved & { text: string };

/** A document in fixed windows without overlap; offsets are code points. */
export function windowsOf(document: string, text: string): Window[] {
  const signs = Array.from(text);
  const count = Math.ceil(signs.length / WINDOW);
  return Array.from({ length: count }, (_, index) => {
    const start = index * WINDOW;
    const end = Math.min(signs.length, start + WINDOW);
    return { document, start, end, text: signs.slice(start, end).join("") };
  });
}

/** The windows in the order of their score for a query, as far as they share a word with it. */
export function rankByBm25(windows: Window[], query: string): Window[] {
  const bags = windows.map(({ text }) => wordsOf(text));
  const meanLength = bags.reduce((sum, bag) => sum + bag.length, 0) / bags.length;
  const scores = new Map<Window, number>();
  for (const word of new Set(wordsOf(query))) {
    const counts = bags.map((bag) => bag.filter((other) => other === word).length);
    const holders = counts.filter((count) => count > 0).length;
    const rarity = Math.log(1 + (bags.length - holders + 0.5) / (holders + 0.5));
    windows.forEach((window, index) => {
      const count = counts[index] ?? 0;
      const length = (bags[index]?.length ?? 0) / meanLength;
      const gain = (rarity * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
      if (count > 0) scores.set(window, (scores.get(window) ?? 0) + gain);
    });
  }
  return [...scores].toSorted(([, a], [, b]) => b - a).map(([window]) => window);
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
