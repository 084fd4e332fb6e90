/** What the product relies on in Neon over HTTP, for the stand-in and for the service. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/neon-http";
import { integer, jsonb, numeric, pgSchema, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWireFailures } from "./neon-failures.suite.ts";

export type Neon = {
  connectionString: string;
  /** A stand-in has another URL than the one derived from the connection string. */
  start?: () => Promise<{ endpoint: string; stop?: () => Promise<void> }>;
  /** True where Postgres serves other connections while it runs a query. */
  isServer: boolean;
  /** Of a response. */
  mostBytes: number;
};

const schemaName = `contract_${crypto.randomUUID().replaceAll("-", "")}`;

const items = pgSchema(schemaName).table("items", {
  id: uuid().primaryKey(),
  name: text().notNull().unique("items_name_key"),
  count: integer(),
  cost: numeric({ precision: 12, scale: 6 }),
  metadata: jsonb(),
  createdAt: timestamp("created_at", { withTimezone: true, precision: 3, mode: "string" }),
});

const CREATE_TABLE = `CREATE TABLE ${schemaName}.items (
  id uuid PRIMARY KEY,
  name text NOT NULL CONSTRAINT items_name_key UNIQUE,
  count integer CONSTRAINT items_count_check CHECK (count > 0),
  cost numeric(12, 6),
  metadata jsonb,
  created_at timestamptz(3)
)`;

const item = (name: string, rest: object = {}) => ({ id: crypto.randomUUID(), name, ...rest });

/** The members of a driver's error that the product reads, through drizzle's wrapping. */
async function failureOf(call: PromiseLike<unknown>) {
  try {
    await call;
  } catch (error) {
    const found = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { name, code, constraint, severity, detail } = found as Record<string, unknown>;
    return { name, code, constraint, severity, detail };
  }
  return expect.unreachable("the call succeeded");
}

/** Call it inside a `describe`. */
export function promisesOfNeon({ connectionString, start, isServer, mostBytes }: Neon): void {
  const run = neon(connectionString);
  const db = openDb(run);
  const usual = neonConfig.fetchEndpoint;

  let standIn: Awaited<ReturnType<NonNullable<Neon["start"]>>> | undefined;

  beforeAll(async () => {
    standIn = await start?.();
    if (standIn) neonConfig.fetchEndpoint = standIn.endpoint;
    await run.query(`CREATE SCHEMA ${schemaName}`);
    await run.query(CREATE_TABLE);
  });

  afterAll(async () => {
    await run.query(`DROP SCHEMA ${schemaName} CASCADE`);
    neonConfig.fetchEndpoint = usual;
    await standIn?.stop?.();
  });

  describeValues(run, db);
  describeBatches(run, db);
  describeFailures(run, db);
  describeWireFailures(run, { schemaName, isServer, mostBytes });
}

type Run = ReturnType<typeof neon<false, false>>;
type Db = ReturnType<typeof openDb>;
const openDb = (run: Run) => drizzle(run, { schema: { items } });

function describeValues(run: Run, db: Db): void {
  it("returns typed columns as they were stored", async () => {
    const stored = item("typed", {
      count: 7,
      cost: "0.000123",
      metadata: { list: [1, "two", null], nested: { "ü\u2028": true } },
      createdAt: "2026-11-23T10:20:30.456Z",
    });
    await db.insert(items).values(stored);
    const [found] = await db.select().from(items).where(eq(items.id, stored.id));
    expect(found).toEqual({ ...stored, createdAt: "2026-11-23 10:20:30.456+00" });
  });

  it("returns null for null, and an array for a jsonb array", async () => {
    const stored = item("nulls", { metadata: ["a"] });
    await db.insert(items).values(stored);
    const found = await db.query.items.findFirst({ where: eq(items.id, stored.id) });
    expect(found).toEqual({ ...stored, count: null, cost: null, createdAt: null });
  });

  it("keeps any text without NUL byte for byte", async () => {
    const text = `'"\\ \n\r\t $1 %s 𝒳 e\u0301 \u2028 ${"long ".repeat(20_000)}`;
    expect(await run`SELECT ${text}::text AS text`).toEqual([{ text }]);
  });

  it("accepts and returns bytes", async () => {
    const bytes = Buffer.from([0, 1, 127, 128, 255]);
    const [row] = await run`SELECT ${bytes}::bytea AS bytes`;
    expect(Buffer.from(row?.bytes)).toEqual(bytes);
  });

  it("returns big numbers, numerics and times of raw queries as text", async () => {
    const rows = await run`SELECT 9007199254740993::int8 AS big, 1.50::numeric AS exact,
      3::int4 AS small, true AS yes, ARRAY[1, 2] AS list,
      '2026-11-23T10:20:30.456Z'::timestamptz AT TIME ZONE 'UTC' AS at`;
    const at = "2026-11-23 10:20:30.456";
    const expected = { big: "9007199254740993", exact: "1.50", small: 3, yes: true, list: [1, 2] };
    expect(rows).toEqual([{ ...expected, at }]);
  });

  it("returns rows as arrays, and the command with its count, on request", async () => {
    const options = { arrayMode: true, fullResults: true } as const;
    const result = await run.query("SELECT 1 AS a, NULL AS b, 2 AS a", [], options);
    expect(result.rows).toEqual([[1, null, 2]]);
    expect(result.fields.map((field) => field.name)).toEqual(["a", "b", "a"]);
    expect(result).toMatchObject({ command: "SELECT", rowCount: 1 });
  });

  it("accepts and returns JSON, arrays and times with a zone, as JavaScript values and as text", async () => {
    const value = { a: [1, null, "ü"] };
    const [row] = await run`SELECT ${JSON.stringify(value)}::json AS json,
      ${["a,b", 'c"d', null]}::text[] AS texts, ${[1, 2]}::int[] @> ARRAY[2] AS held,
      '2026-11-23T10:20:30.456+01'::timestamptz AS at`;
    const at = "2026-11-23 09:20:30.456+00";
    expect(row).toEqual({ json: value, texts: ["a,b", 'c"d', null], held: true, at });
  });

  it("returns column names even without rows", async () => {
    const none = await run.query("SELECT 1 AS a WHERE false", [], { fullResults: true });
    expect(none).toMatchObject({ rows: [], rowCount: 0, command: "SELECT" });
    expect(none.fields.map((field) => field.name)).toEqual(["a"]);
    expect(await db.query.items.findFirst({ where: eq(items.name, "nobody") })).toBeUndefined();
  });

  it("reports how many rows a guarded write changed", async () => {
    const stored = item("guarded");
    await db.insert(items).values(stored);
    const change = db.update(items).set({ count: 1 }).where(eq(items.id, stored.id));
    expect((await change).rowCount).toBe(1);
    const missed = db.update(items).set({ count: 1 }).where(eq(items.id, crypto.randomUUID()));
    expect((await missed).rowCount).toBe(0);
  });
}

function describeBatches(run: Run, db: Db): void {
  it("runs a batch in order, in one transaction, and returns each result", async () => {
    const stored = item("batch");
    const results = await db.batch([
      db.insert(items).values(stored).returning({ id: items.id }),
      db.update(items).set({ count: 5 }).where(eq(items.id, stored.id)),
      db.select({ count: items.count }).from(items).where(eq(items.id, stored.id)),
      db.execute(sql`SELECT now() = transaction_timestamp() AS same`),
    ]);
    expect(results[0]).toEqual([{ id: stored.id }]);
    expect(results[1].rowCount).toBe(1);
    expect(results[2]).toEqual([{ count: 5 }]);
    expect(results[3].rows).toEqual([{ same: true }]);
  });

  it("rolls back the whole batch when one statement fails", async () => {
    const [first, second] = [item("rolled back"), item("rolled back")];
    const batch = db.batch([db.insert(items).values(first), db.insert(items).values(second)]);
    expect(await failureOf(batch)).toMatchObject({ code: "23505", constraint: "items_name_key" });
    expect(await db.select().from(items).where(eq(items.name, "rolled back"))).toEqual([]);
  });

  it("honours the isolation level and access mode of a batch", async () => {
    const show = () => [run`SHOW transaction_isolation`, run`SHOW transaction_read_only`];
    const options = { isolationLevel: "Serializable", readOnly: true, deferrable: true } as const;
    const strict = await run.transaction(show(), options);
    expect(strict.flat()).toEqual([
      { transaction_isolation: "serializable" },
      { transaction_read_only: "on" },
    ]);
    const [usual] = await run.transaction(show());
    expect(usual).toEqual([{ transaction_isolation: "read committed" }]);
  });

  it("refuses two statements in one entry of a batch, and runs neither", async () => {
    const stored = item("smuggled");
    const insert = `INSERT INTO ${schemaName}.items (id, name) VALUES ('${stored.id}', 'smuggled')`;
    const batch = run.transaction([run.query("SELECT 1"), run.query(`${insert}; SELECT 1`)]);
    expect(await failureOf(batch)).toMatchObject({ code: "42601" });
    expect(await db.select().from(items).where(eq(items.id, stored.id))).toEqual([]);
  });

  it("has no transaction across requests", async () => {
    await expect(db.transaction(async () => undefined)).rejects.toThrow(/No transactions support/);
  });
}

function describeFailures(run: Run, db: Db): void {
  it("names code, constraint and detail of a violation", async () => {
    await db.insert(items).values(item("taken"));
    const taken = db.insert(items).values(item("taken"));
    const unique = { name: "NeonDbError", code: "23505", constraint: "items_name_key" };
    const detail = "Key (name)=(taken) already exists.";
    expect(await failureOf(taken)).toEqual({ ...unique, severity: "ERROR", detail });
    const negative = db.insert(items).values(item("negative", { count: -1 }));
    const check = { code: "23514", constraint: "items_count_check" };
    expect(await failureOf(negative)).toMatchObject(check);
  });

  it.each([
    ["a table that is none", "SELECT * FROM no_such_table", "42P01"],
    ["what is no SQL", "SELEC 1", "42601"],
    ["two statements at once", "SELECT 1; SELECT 2", "42601"],
    ["a value of the wrong kind", "SELECT 'x'::uuid", "22P02"],
    ["NUL in a text", "SELECT $1::text", "22021"],
  ])("refuses %s", async (_title, query, code) => {
    const params = query.includes("$1") ? ["a\0b"] : [];
    expect(await failureOf(run.query(query, params))).toMatchObject({ name: "NeonDbError", code });
  });

  it("keeps working after a failure", async () => {
    await failureOf(run.query("SELECT 1 / 0"));
    expect(await run`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("answers concurrent requests, each with its own result", async () => {
    const asked = Array.from({ length: 30 }, (_, index) => index);
    const responses = await Promise.all(asked.map((n) => run`SELECT ${n}::int AS n`));
    expect(responses.map(([row]) => row?.n)).toEqual(asked);
  });
}
