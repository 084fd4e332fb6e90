import { getTableColumns, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema.ts";
import { query } from "../support/postgres.ts";

const tables = Object.values(schema).filter((value) => is(value, PgTable));

/** The world of the tests was migrated from nothing: this is what came of it. */
describe("the migrated database", () => {
  for (const table of tables) {
    const { name, indexes, uniqueConstraints, foreignKeys } = getTableConfig(table);

    it(`has the columns of ${name} as the schema declares them`, async () => {
      const rows = await query(
        `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
         FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY 1`,
        [name],
      );
      const declared = Object.values(getTableColumns(table))
        .map((column) => ({
          name: column.name,
          type: typeOf(column.getSQLType()),
          required: column.notNull ? "t" : "f",
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(rows).toEqual(declared);
    });

    it(`has the indexes of ${name} as the schema declares them`, async () => {
      const rows = await query(
        `SELECT c.relname AS name, i.indisunique AS unique FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indrelid = $1::regclass AND NOT i.indisprimary ORDER BY 1`,
        [name],
      );
      const declared = [
        ...indexes.map(({ config }) => ({ name: config.name, unique: config.unique ? "t" : "f" })),
        ...uniqueConstraints.map((constraint) => ({ name: constraint.getName(), unique: "t" })),
      ].toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
      expect(rows).toEqual(declared);
    });

    it(`deletes from ${name} what its foreign keys say`, async () => {
      const rows = await query(
        `SELECT confrelid::regclass::text AS target, confdeltype AS on_delete FROM pg_constraint
         WHERE contype = 'f' AND conrelid = $1::regclass AND conname <> 'chats_current_message_fkey'
         ORDER BY 1, 2`,
        [name],
      );
      const declared = foreignKeys
        .map((key) => ({
          target: getTableConfig(key.reference().foreignTable).name,
          on_delete: key.onDelete === "cascade" ? "c" : "n",
        }))
        .toSorted((a, b) => (a.target + a.on_delete < b.target + b.on_delete ? -1 : 1));
      expect(rows).toEqual(declared);
    });
  }

  it("has no table that the schema does not know", async () => {
    const rows = await query(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'",
    );
    const declared = tables.map((table) => getTableConfig(table).name);
    expect(new Set(rows.map((row) => row.name))).toEqual(new Set(declared));
  });

  it("has an index for every foreign key, so that a deletion reads no table from end to end", async () => {
    const rows = await query(`
      SELECT conrelid::regclass::text || '.' || conname AS name FROM pg_constraint k
      WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_index i WHERE i.indrelid = k.conrelid
        AND ((i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
          OR (i.indisunique AND i.indkey::int2[] <@ k.conkey)))`);
    expect(rows).toEqual([]);
  });
});

/** Postgres' own word for a type of drizzle's. */
function typeOf(declared: string): string {
  const time = "timestamp (3) with time zone";
  return declared === time ? "timestamp(3) with time zone" : declared.replace(", ", ",");
}
