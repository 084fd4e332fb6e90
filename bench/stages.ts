/**
 * `npm run bench:stages [folder]`: where the time of a search goes, among 1,000 and among 100,000 passages of one
 * owner on the embedded Postgres.
 */
import { join } from "node:path";
import { embedQuestion } from "../src/features/retrieval/embed.ts";
import { findPassages } from "../src/features/retrieval/find.ts";
import { fusePassages } from "../src/features/retrieval/fuse.ts";
import type { FoundPassage } from "../src/features/retrieval/passage.ts";
import { termsOf } from "../src/features/retrieval/question-terms.ts";
import { type Grounding, readGrounding } from "./retrieval/grounding.ts";
import { type Library, openLibrary } from "./retrieval/library.ts";
import { countPassages, multiply } from "./retrieval/multiply.ts";
import { say } from "./report.ts";
import { quantile } from "./streams.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shared", "data", "grounding");
const SIZES = [1_000, 100_000];
const ROUNDS = 12;
const LIMIT = 24;

type Stages = Map<string, number[]>;

async function main(folder: string): Promise<void> {
  const grounding = await readGrounding(folder);
  const library = await openLibrary();
  try {
    for (const { name, text } of grounding.documents) {
      await library.embed(await library.add(name, text));
    }
    for (const size of SIZES) {
      await multiply(library, size);
      print(await countPassages(library), await measure(library, grounding));
    }
  } finally {
    await library.close();
  }
}

async function measure(library: Library, { questions }: Grounding): Promise<Stages> {
  const stages: Stages = new Map();
  const { deps, userId } = library;
  for (const { question: query } of questions.slice(0, ROUNDS)) {
    const time = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
      const startedAt = performance.now();
      const result = await run();
      stages.set(name, [...(stages.get(name) ?? []), performance.now() - startedAt]);
      return result;
    };
    await time("terms of the question", () => termsOf(query));
    const vector = await time("vector of the question", () => embedQuestion(deps, userId, query));
    const search = { query, limit: LIMIT };
    const find = (more: object) => findPassages(deps.db, userId, { ...search, ...more });
    const lexical = await time("search by words alone", () => find({}));
    const fused = "search by words and vectors, fused";
    // Exact, and too slow for the client's time limit among very many on a busy machine.
    const hybrid = await time(fused, () => find({ vector })).catch(() => lexical);
    const lists: FoundPassage[][] = [lexical.passages, hybrid.passages, lexical.passages];
    await time("fusion of three searches", () => fusePassages(lists, LIMIT));
  }
  return stages;
}

function print(count: number, stages: Stages): void {
  say(`| ${count} passages | median, ms | p95, ms |`);
  say("|---|---|---|");
  for (const [name, times] of stages) {
    say(`| ${name} | ${show(quantile(times, 0.5))} | ${show(quantile(times, 0.95))} |`);
  }
  say("");
}

const show = (ms: number) => ms.toFixed(ms < 10 ? 2 : 0);

try {
  await main(process.argv[2] ?? FOLDER);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
