/** An empty Postgres in a file, for databases to start from: to make one takes several times as long. */
import { mkdir, readFile, rename } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openPostgres } from "../../local/postgres.ts";

const MODULES = join(import.meta.dirname, "..", "..", "node_modules");
const KEPT = join(MODULES, ".cache", "test-postgres");

/** The path of the file, which later runs find: one for each version of the embedded Postgres. */
export async function emptyPostgres(): Promise<string> {
  const path = join(KEPT, `${await readVersion()}.tar`);
  if (!existsSync(path)) await makeEmpty(path);
  return path;
}

async function readVersion(): Promise<string> {
  const path = join(MODULES, "@electric-sql", "pglite", "package.json");
  const { version } = JSON.parse(await readFile(path, "utf8"));
  return String(version);
}

/** Another run may make it at the same time: it is there as a whole, or not at all. */
async function makeEmpty(path: string): Promise<void> {
  const own = `${path}.${process.pid}`;
  await mkdir(KEPT, { recursive: true });
  const postgres = await openPostgres({});
  try {
    await postgres.archive?.(own);
  } finally {
    await postgres.close();
  }
  await rename(own, path);
}
