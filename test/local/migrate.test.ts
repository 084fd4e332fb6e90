import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { migrate } from "../../local/migrate.ts";
import { type LocalPostgres, openPostgres } from "../../local/postgres.ts";
import { makeFolder } from "../../local/scratch.ts";

let postgres: LocalPostgres;
let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  postgres = await openPostgres({ copyOf: inject("emptyPostgres") });
});
afterAll(() => postgres.close());

beforeEach(async () => {
  await postgres.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  folder = await makeFolder("migrations");
  return folder.remove;
});

const write = (name: string, sql: string) => writeFile(join(folder.path, name), sql);
const apply = () => migrate(postgres.pool, folder.path);

async function names(sql: string): Promise<string[]> {
  const { rows } = await postgres.pool.query<{ name: string }>(`${sql} ORDER BY 1`);
  return rows.map(({ name }) => name);
}

const applied = () => names("SELECT name FROM schema_migrations");
const tables = () =>
  names("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'");

it("Migrations apply in the order of their names, several statements to a file, and only once", async () => {
  await write("0002_second.sql", "ALTER TABLE a ADD COLUMN b int; INSERT INTO a VALUES (1, 2);");
  await write("0001_first.sql", "CREATE TABLE a (a int);");
  await write("notes.txt", "not SQL");
  expect(await apply()).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await apply()).toEqual([]);
  expect(await names("SELECT a || ' ' || b AS name FROM a")).toEqual(["1 2"]);
});

it("A later migration is applied alone", async () => {
  await write("0001_first.sql", "CREATE TABLE a ();");
  await apply();
  await write("0002_second.sql", "CREATE TABLE b ();");
  expect(await apply()).toEqual(["0002_second.sql"]);
  expect(await tables()).toEqual(["a", "b", "schema_migrations"]);
});

it("A file changed after it was applied is refused by its name, and nothing more is applied", async () => {
  await write("0001_first.sql", "CREATE TABLE a ();");
  await apply();
  await write("0001_first.sql", "CREATE TABLE other ();");
  await write("0002_second.sql", "CREATE TABLE b ();");
  await expect(apply()).rejects.toThrow("0001_first.sql was changed after it was applied");
  expect(await tables()).toEqual(["a", "schema_migrations"]);
  expect(await applied()).toEqual(["0001_first.sql"]);
});

it("A failed migration rolls back, says why, and can be corrected", async () => {
  await write("0001_first.sql", "CREATE TABLE a ();");
  await write("0002_second.sql", "CREATE TABLE b (); CREATE TABLE a ();");
  await write("0003_third.sql", "CREATE TABLE c ();");
  await expect(apply()).rejects.toThrow(
    '0002_second.sql failed and was rolled back: relation "a" already exists',
  );
  expect(await tables()).toEqual(["a", "schema_migrations"]);
  expect(await applied()).toEqual(["0001_first.sql"]);
  await write("0002_second.sql", "CREATE TABLE b ();");
  expect(await apply()).toEqual(["0002_second.sql", "0003_third.sql"]);
});

it("A migration that cannot be recorded as applied is rolled back", async () => {
  const refuseNotes = "ALTER TABLE schema_migrations ADD CONSTRAINT none CHECK (false)";
  await write("0001_first.sql", `CREATE TABLE a (); ${refuseNotes};`);
  await expect(apply()).rejects.toThrow("0001_first.sql failed and was rolled back");
  expect(await tables()).toEqual(["schema_migrations"]);
});

it("Concurrent runs apply each migration once", async () => {
  await write("0001_first.sql", "CREATE TABLE a ();");
  const results = await Promise.all([apply(), apply(), apply()]);
  expect(results.flat()).toEqual(["0001_first.sql"]);
});
