import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, expectTypeOf, inject, it } from "vitest";
import { batch, createDb, read, readOne, run, write } from "../../src/db/client.ts";
import { users } from "../../src/db/schema.ts";
import { callsContaining, injectFault, query } from "../support/postgres.ts";

const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });

const table = `door_${crypto.randomUUID().replaceAll("-", "")}`;
const name = sql.raw(table);

beforeAll(async () => {
  await query(`CREATE TABLE ${table} (id int PRIMARY KEY, mark text NOT NULL)`);
  return async () => {
    await query(`DROP TABLE ${table}`);
  };
});

type Row = { id: number; mark: string };

let lastId = 0;
const newRow = (): Row => ({ id: ++lastId, mark: crypto.randomUUID() });
const insert = ({ id, mark }: Row) =>
  sql<Row>`INSERT INTO ${name} VALUES (${id}::int, ${mark}) ON CONFLICT DO NOTHING RETURNING id, mark`;
const select = ({ mark }: Row) => sql<Row>`SELECT id, mark FROM ${name} WHERE mark = ${mark}`;

/** A query of drizzle's builder that finds nothing: a random id. */
const nobody = () => {
  const id = crypto.randomUUID();
  return { id, query: db.select({ id: users.id }).from(users).where(eq(users.id, id)) };
};

describe("a statement", () => {
  it("returns its rows, its first row and the number of rows written", async () => {
    const row = newRow();
    expect(await readOne(db, select(row))).toBeUndefined();
    expect(await write(db, insert(row))).toEqual({ rows: [row], count: 1, wasRepeated: false });
    expect(await write(db, insert(row))).toEqual({ rows: [], count: 0, wasRepeated: false });
    expect(await read(db, select(row))).toEqual([row]);
    expect(await readOne(db, select(row))).toEqual(row);
  });

  it.each(["refuse", "cut_after_commit", "sql_error_after_commit"] as const)(
    "is retried once when Postgres cannot be reached (%s)",
    async (kind) => {
      const row = newRow();
      await injectFault({ contains: row.mark, times: 1, kind });
      const { wasRepeated } = await write(db, insert(row));
      expect(wasRepeated).toBe(true);
      expect(await read(db, select(row))).toEqual([row]);
    },
  );

  it("is not retried when Postgres refused it, and never a second time", async () => {
    const refused = crypto.randomUUID();
    await expect(read(db, sql`SELECT ${refused}::int`)).rejects.toThrow();
    expect(await callsContaining(refused)).toHaveLength(1);
    const row = newRow();
    await injectFault({ contains: row.mark, times: 2, kind: "refuse" });
    await expect(write(db, insert(row))).rejects.toThrow();
    expect(await callsContaining(row.mark)).toHaveLength(2);
  });

  it("built with the query builder is retried once too", async () => {
    const { id, query: found } = nobody();
    await injectFault({ contains: id, times: 1, kind: "cut_after_commit" });
    expect(await run(found)).toEqual([]);
    expect(await callsContaining(id)).toHaveLength(2);
  });
});

describe("a batch", () => {
  it("names its results and runs its statements in order", async () => {
    const row = newRow();
    const results = await batch(db, {
      zero: select(row),
      added: insert(row),
      builder: nobody().query,
      after: select(row),
    });
    expect(results).toEqual({
      zero: { rows: [], count: 0, wasRepeated: false },
      added: { rows: [row], count: 1, wasRepeated: false },
      builder: [],
      after: { rows: [row], count: 1, wasRepeated: false },
    });
    expectTypeOf(results.after.rows).toEqualTypeOf<Row[]>();
    expectTypeOf(results.builder).toEqualTypeOf<{ id: string }[]>();
    expect(await callsContaining(row.mark)).toHaveLength(1);
  });

  it("returns a list of results for a list of statements, and nothing for omitted statements", async () => {
    const [one, two] = [newRow(), newRow()];
    const absent = undefined as ReturnType<typeof select> | undefined;
    const { before, many, none, last } = await batch(db, {
      before: absent,
      many: [insert(one), insert(two)],
      none: [],
      last: select(two),
    });
    expect(before).toBeUndefined();
    expect(many.map(({ rows }) => rows)).toEqual([[one], [two]]);
    expect(none).toEqual([]);
    expect(last.rows).toEqual([two]);
  });

  it("reports for every raw statement that the batch was repeated", async () => {
    const row = newRow();
    await injectFault({ contains: row.mark, times: 1, kind: "cut_after_commit" });
    const { added, found } = await batch(db, { added: insert(row), found: select(row) });
    expect(added).toEqual({ rows: [], count: 0, wasRepeated: true });
    expect(found).toEqual({ rows: [row], count: 1, wasRepeated: true });
  });

  it("rolls back when one of its statements is refused", async () => {
    const row = newRow();
    const refused = sql`SELECT 1 / ${0}::int`;
    await expect(batch(db, { added: insert(row), refused })).rejects.toThrow();
    expect(await read(db, select(row))).toEqual([]);
  });

  it("requires at least one statement", async () => {
    await expect(batch(db, { none: undefined, empty: [] })).rejects.toThrow(TypeError);
  });
});
