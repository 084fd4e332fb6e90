/**
 * `npm run bench:index [folder]`: how fast documents become searchable, and how long a search takes among
 * 1,000 and among 100,000 passages of one owner, embedded and on a real server where there is one.
 */
import { join } from "node:path";
import { startPostgres, stopAll } from "./processes.ts";
import { say } from "./report.ts";
import { type Grounding, readGrounding } from "./retrieval/grounding.ts";
import { type Library, openLibrary } from "./retrieval/library.ts";
import { countPassages, multiply } from "./retrieval/multiply.ts";
import { quantile } from "./streams.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shared", "data", "grounding");
const SIZES = [1_000, 100_000];
const ROUNDS = 40;

async function main(folder: string): Promise<void> {
  const grounding = await readGrounding(folder);
  const given = await startPostgres();
  say("| Postgres | passages indexed per second | passages of the owner | search, ms (p95) |");
  say("|---|---|---|---|");
  await measure("embedded", grounding);
  if (given) await measure("a real server", grounding, given);
}

async function measure(name: string, grounding: Grounding, postgresUrl?: string): Promise<void> {
  const library = await openLibrary(postgresUrl);
  try {
    const startedAt = performance.now();
    for (const { name, text } of grounding.documents) await library.add(name, text);
    const seconds = (performance.now() - startedAt) / 1_000;
    const speed = Math.round((await countPassages(library)) / seconds);
    for (const size of SIZES) {
      await multiply(library, size);
      const count = await countPassages(library);
      say(`| ${name} | ${speed} | ${count} | ${await timesOf(library, grounding)} |`);
    }
  } finally {
    await library.close();
  }
}

async function timesOf(library: Library, { questions }: Grounding): Promise<string> {
  const times: number[] = [];
  for (const { question } of questions.slice(0, ROUNDS)) {
    times.push((await library.find(question, { hybrid: false })).ms);
  }
  return `${quantile(times, 0.5).toFixed(0)} (${quantile(times, 0.95).toFixed(0)})`;
}

try {
  await main(process.argv[2] ?? FOLDER);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();
