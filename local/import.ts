/**
 * `npm run import -- POSTGRES_URL`: imports users, chats, messages and files of the older Python version's database
 * into the configured one. Prints what was left out, and why.
 */
import pg from "pg";
import { openConfigured } from "./configured-database.ts";
import { describeReport, importDatabase, type Table } from "./import/import-database.ts";

const WIDTH = 30;

/** On one line of a terminal. */
function showProgress(table: Table, seen: number, total: number): void {
  const done = total === 0 ? 1 : Math.min(1, seen / total);
  const bar = "#".repeat(Math.round(done * WIDTH)).padEnd(WIDTH, ".");
  const end = process.stderr.isTTY && done < 1 ? "\r" : "\n";
  if (process.stderr.isTTY || done === 1) {
    process.stderr.write(`${table.padEnd(8)} [${bar}] ${seen}/${total}${end}`);
  }
}

async function main(url: string | undefined): Promise<string> {
  if (!url) throw new Error("Name the older database: npm run import -- POSTGRES_URL");
  const db = await openConfigured(process.env);
  const source = new pg.Client({ connectionString: url });
  await source.connect();
  try {
    return describeReport(await importDatabase(source, db, showProgress));
  } finally {
    await source.end();
  }
}

try {
  process.stdout.write(`${await main(process.argv[2])}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
