/** The baselines: windows of 500 characters, ranked by textbook BM25 and by vectors alone. */
import type { EmbedDeps } from "../../src/features/retrieval/embed.ts";
import { findEmbeddingModel } from "../../src/lib/models.ts";
import type { Question } from "./grounding.ts";
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

/** The windows that share a word with a query, ordered by score. */
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

const TEXTS_AT_ONCE = 100;
const CALL_TIMEOUT_MS = 60_000;

/** Ranks the windows by the model's vectors, all of which are made before the first question. */
export async function rankByVectors(
  deps: EmbedDeps,
  windows: Window[],
): Promise<(question: Question, scope: "library" | "document") => Promise<Window[]>> {
  const vectors = await vectorsOf(
    deps,
    windows.map(({ text }) => text),
  );
  return async ({ question, document }, scope) => {
    const [asked = []] = await vectorsOf(deps, [question]);
    const near = windows.map((window, index) => ({
      window,
      nearness: dot(asked, vectors[index] ?? []),
    }));
    return near
      .filter(({ window }) => scope === "library" || window.document === document)
      .toSorted((a, b) => b.nearness - a.nearness)
      .map(({ window }) => window);
  };
}

async function vectorsOf(
  { model: client, config }: EmbedDeps,
  texts: string[],
): Promise<number[][]> {
  const model = findEmbeddingModel(config.EMBEDDING_MODEL);
  if (!model) return texts.map(() => []);
  const vectors: number[][] = [];
  for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE) {
    const ask = { model, texts: texts.slice(at, at + TEXTS_AT_ONCE) };
    vectors.push(...(await client.embed(ask, AbortSignal.timeout(CALL_TIMEOUT_MS))).vectors);
  }
  return vectors;
}

const dot = (a: number[], b: number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
