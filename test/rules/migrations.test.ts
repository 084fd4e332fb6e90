import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { migrate } from "../../local/migrate.ts";
import { type LocalPostgres, openPostgres } from "../../local/postgres.ts";
import * as budgets from "../../src/db/schema-budgets.ts";
import * as documents from "../../src/db/schema-documents.ts";
import * as mail from "../../src/db/schema-mail.ts";
import * as keys from "../../src/db/schema-keys.ts";
import * as security from "../../src/db/schema-security.ts";
import * as signIn from "../../src/db/schema-sign-in.ts";
import * as accounts from "../../src/db/schema.ts";

/** One database made by the migrations, and one made from the schema alone. */
let migrated: LocalPostgres;
let declared: LocalPostgres;
let applied: string[];
beforeAll(async () => {
  const empty = { copyOf: inject("emptyPostgres") };
  [migrated, declared] = await Promise.all([openPostgres(empty), openPostgres(empty)]);
  applied = await migrate(migrated.pool);
  // The migrations create the extension themselves, where a server has it.
  await declared.pool.query("CREATE EXTENSION vector");
  const nothing = generateDrizzleJson({});
  const statements = await generateMigration(
    nothing,
    generateDrizzleJson(
      { ...accounts, ...budgets, ...documents, ...keys, ...mail, ...security, ...signIn },
      nothing.id,
    ),
  );
  for (const statement of statements) await declared.pool.query(statement);
});
afterAll(async () => {
  // drizzle-kit leaves it on the prototype of every array of the process, which later tests share.
  Reflect.deleteProperty(Array.prototype, "random");
  await Promise.all([migrated.close(), declared.close()]);
});

/**
 * What only the migrations have: the runner's table, a circular reference that drizzle cannot declare, and an index by a
 * function of the migrations.
 */
const NOTES = "schema_migrations";
const CIRCLE = "chats_current_message_fkey";
const BY_FUNCTION = "users_search_idx";

const COLUMNS = `
  SELECT a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '${NOTES}'`;

// Where no column is null, it makes no difference that drizzle spells out NULLS FIRST or LAST.
// Nor can drizzle declare the included columns of an index.
const INDEXES = `
  SELECT regexp_replace(replace(indexdef, ' NULLS LAST', ''), ' INCLUDE \\(.*?\\)', '') AS line FROM pg_indexes
  WHERE schemaname = 'public' AND tablename <> '${NOTES}'
    AND indexname <> '${BY_FUNCTION}'`;

// Unnamed foreign keys have names of Postgres' or of drizzle's making.
const CONSTRAINTS = `
  SELECT conrelid::regclass || ': ' || CASE contype WHEN 'f' THEN '' ELSE conname || ' ' END
    || regexp_replace(pg_get_constraintdef(oid), ' INCLUDE \\(.*?\\)', '') AS line
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    AND conrelid <> coalesce(to_regclass('${NOTES}'), 0) AND conname <> '${CIRCLE}'`;

async function lines(pool: pg.Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`${sql} ORDER BY 1`);
  return rows.map(({ line }) => line);
}

const describeBoth = async (sql: string) => ({
  migrated: await lines(migrated.pool, sql),
  declared: await lines(declared.pool, sql),
});

it("The migrations apply to an empty database, in the order of their names, and only once", async () => {
  expect(applied.length).toBeGreaterThan(3);
  expect(applied).toEqual(applied.toSorted());
  for (const name of applied) expect(name).toMatch(/^\d{4}_[a-z_]+\.sql$/);
  expect(await migrate(migrated.pool)).toEqual([]);
});

for (const [what, sql] of Object.entries({ COLUMNS, INDEXES, CONSTRAINTS })) {
  it(`They create what the schema declares: ${what.toLowerCase()}`, async () => {
    const both = await describeBoth(sql);
    expect(both.migrated.length).toBeGreaterThan(10);
    expect(both.migrated).toEqual(both.declared);
  });
}

it("Every foreign key has an index, so that a deletion scans no table", async () => {
  const { rows } = await migrated.pool.query(`
    SELECT conrelid::regclass::text || '.' || conname AS name FROM pg_constraint k
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT FROM pg_index i WHERE i.indrelid = k.conrelid
      AND ((i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
        OR (i.indisunique AND i.indkey::int2[] <@ k.conkey)))`);
  expect(rows).toEqual([]);
});
