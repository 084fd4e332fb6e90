/**
 * `npm run bench:stages [folder]`: where the time of a search goes, among 1,000 and among 100,000 passages of one
 * owner, on the embedded Postgres and on a real server where there is one.
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
import { startPostgres, stopAll } from "./processes.ts";
import { say } from "./report.ts";
import { quantile } from "./streams.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shared", "data", "grounding");
const SIZES = [1_000, 100_000];
const ROUNDS = 12;
const LIMIT = 24;

/** Milliseconds of each stage, and its errors. */
type Stages = Map<string, { times: number[]; errors: string[] }>;

async function main(folder: string): Promise<void> {
  const grounding = await readGrounding(folder);
  const given = await startPostgres();
  await measureOn("embedded", grounding);
  if (given) await measureOn("a real server", grounding, given);
}

async function measureOn(name: string, grounding: Grounding, postgresUrl?: string): Promise<void> {
  const library = await openLibrary(postgresUrl);
  try {
    for (const { name, text } of grounding.documents) {
      await library.embed(await library.add(name, text));
    }
    for (const size of SIZES) {
      await multiply(library, size);
      const count = await countPassages(library);
      print(`${name}, ${count} passages`, await measure(library, grounding));
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
      const { times, errors } = stages.get(name) ?? { times: [], errors: [] };
      stages.set(name, { times, errors });
      const startedAt = performance.now();
      try {
        return await run();
      } catch (error) {
        errors.push(reasonOf(error));
        throw error;
      } finally {
        times.push(performance.now() - startedAt);
      }
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

function print(title: string, stages: Stages): void {
  say(`| ${title} | median, ms | p95, ms | failed |`);
  say("|---|---|---|---|");
  for (const [name, { times, errors }] of stages) {
    const failed = errors.length === 0 ? "" : `${errors.length}: ${errors[0]}`;
    say(`| ${name} | ${show(quantile(times, 0.5))} | ${show(quantile(times, 0.95))} | ${failed} |`);
  }
  say("");
}

/** The message of the error that caused all others: theirs contain the statement. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

const show = (ms: number) => ms.toFixed(ms < 10 ? 2 : 0);

try {
  await main(process.argv[2] ?? FOLDER);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();
