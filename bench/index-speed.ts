/**
 * `npm run bench:index [folder]`: how fast documents become searchable, and how long a search takes among
 * 1,000 and among 100,000 passages of one owner, embedded and on a real server where there is one.
 */
import { join } from "node:path";
import { startPostgres, stopAll } from "./processes.ts";
import { say } from "./report.ts";
import { type Grounding, readGrounding } from "./retrieval/grounding.ts";
import { type Library, openLibrary } from "./retrieval/library.ts";
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

async function countPassages({ neon, userId }: Library): Promise<number> {
  const { rows } = await neon.pool.query<{ n: string }>(
    "SELECT count(*) AS n FROM passages WHERE user_id = $1",
    [userId],
  );
  return Number(rows[0]?.n);
}

/** As many copies of the files as needed, each under its own name. */
async function multiply(library: Library, size: number): Promise<void> {
  const { pool } = library.neon;
  const copies = Math.max(0, Math.round(size / (await countPassages(library))) - 1);
  const file =
    "user_id, file_path, file_url, file_size, content_type, status, processed, created_at, ingestion_attempt, language";
  await pool.query(
    `CREATE TABLE copy AS SELECT id AS old, gen_random_uuid() AS new, number
     FROM files, generate_series(1, ${copies}) AS number WHERE user_id = '${library.userId}'`,
  );
  for (const statement of [
    `INSERT INTO files (id, original_name, ${file})
     SELECT new, number || ' ' || original_name, ${file} FROM files JOIN copy ON old = id`,
    `INSERT INTO passages SELECT new, ordinal, user_id, start_offset, end_offset, page, headings, text
     FROM passages JOIN copy ON old = file_id`,
    `INSERT INTO passage_terms SELECT user_id, term, new, part, postings
     FROM passage_terms JOIN copy ON old = file_id`,
    `INSERT INTO indexed_files SELECT new, user_id, language, passages
     FROM indexed_files JOIN copy ON old = file_id`,
    "DROP TABLE copy",
    "VACUUM ANALYZE",
  ]) {
    await pool.query(statement);
  }
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
