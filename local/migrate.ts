/**
 * Applies `migrations/*.sql` in the order of their names, each in one transaction together with its row in
 * `schema_migrations`. As a script it migrates the database of `DATABASE_URL`.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { readSettings } from "./settings.ts";
import { sha256Hex } from "./sha256.ts";

const ROOT = join(import.meta.dirname, "..");
const MIGRATIONS = join(ROOT, "migrations");

/** Any number, the same for all runs. */
const LOCK = 7_204_115;

const TABLE = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

type Migration = { name: string; sql: string; sha256: string };

/** A row of `schema_migrations`. */
export type AppliedMigration = Pick<Migration, "name" | "sha256">;

/** The names of migrations on disk that are not applied, or changed since; and of those that only the database has. */
export function compareMigrations(onDisk: AppliedMigration[], applied: AppliedMigration[]) {
  const hashes = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
  const isChanged = ({ name, sha256 }: AppliedMigration) =>
    hashes.has(name) && hashes.get(name) !== sha256;
  const known = new Set(namesOf(onDisk));
  return {
    missing: namesOf(onDisk.filter(({ name }) => !hashes.has(name))),
    changed: namesOf(onDisk.filter(isChanged)),
    unknown: namesOf(applied).filter((name) => !known.has(name)),
  };
}

const namesOf = (migrations: AppliedMigration[]) => migrations.map(({ name }) => name);

/** Returns the names applied now; throws when an applied file has changed since. */
export async function migrate(pool: pg.Pool, folder = MIGRATIONS): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await client.query(TABLE);
    return await applyNew(client, await readMigrations(folder));
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
    client.release();
  }
}

async function applyNew(client: pg.PoolClient, migrations: Migration[]): Promise<string[]> {
  const known = new Map((await listApplied(client)).map((row) => [row.name, row.sha256]));
  const applied: string[] = [];
  for (const migration of migrations) {
    const before = known.get(migration.name);
    if (before === migration.sha256) continue;
    if (before !== undefined) throw new Error(`${migration.name} was changed after it was applied`);
    await apply(client, migration);
    applied.push(migration.name);
  }
  return applied;
}

/** The rows of `schema_migrations`, which must exist. */
export async function listApplied(client: pg.Pool | pg.PoolClient): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    "SELECT name, sha256 FROM schema_migrations",
  );
  return rows;
}

async function apply(client: pg.PoolClient, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query("INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)", [
      name,
      sha256,
    ]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} failed and was rolled back: ${reason}`, { cause: error });
  }
}

/** The files in the order of their names. */
export async function readMigrations(folder = MIGRATIONS): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), "utf8");
      return { name, sql, sha256: sha256Hex(sql) };
    }),
  );
}

/** For the database of `DATABASE_URL`: from the environment, else from `.dev.vars`. */
async function migrateConfigured(): Promise<string> {
  const { DATABASE_URL } = await readSettings(join(ROOT, ".dev.vars"), process.env);
  if (!DATABASE_URL)
    throw new Error("DATABASE_URL is set neither in the environment nor in .dev.vars.");
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 1 });
  try {
    const applied = await migrate(pool);
    return applied.length > 0 ? `Applied ${applied.join(", ")}.` : "Nothing to apply.";
  } finally {
    await pool.end();
  }
}

if (import.meta.main) {
  try {
    process.stdout.write(`${await migrateConfigured()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
