/** Neon's responses to failures, and which of them took effect: for the stand-in and for the service. */
import { type neon, neonConfig } from "@neondatabase/serverless";
import { afterEach, beforeEach, expect, it } from "vitest";
import { until } from "../support/until.ts";

type Run = ReturnType<typeof neon<false, false>>;

export type Failing = {
  schemaName: string;
  /** True where Postgres serves other connections while it runs a query. */
  isServer: boolean;
  /** Of a response. */
  mostBytes: number;
};

type Wire = { status: number; body: Record<string, unknown> };

/** The proxy's code instead of a SQLSTATE where a connection was lost. */
const LOST = ["", "57P01"];

const MEMBERS =
  `code column constraint dataType detail file hint internalPosition internalQuery line message position
  routine schema severity table where`.split(/\s+/);

/** The last response of a failing call, as it was on the wire. */
async function wireOf(call: () => PromiseLike<unknown>): Promise<Wire | undefined> {
  let seen: Wire | undefined;
  neonConfig.fetchFunction = async (input: string, init: RequestInit) => {
    const response = await fetch(input, init);
    seen = { status: response.status, body: (await response.clone().json()) as Wire["body"] };
    return response;
  };
  await expect(call()).rejects.toMatchObject({ name: "NeonDbError" });
  return seen;
}

const raise = (code: string) =>
  `DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END $$`;

/** Call it inside a `describe`, after the schema exists. */
export function describeWireFailures(run: Run, failing: Failing): void {
  const { schemaName } = failing;
  let table: string;
  beforeEach(async () => {
    table = `${schemaName}.t${crypto.randomUUID().replaceAll("-", "")}`;
    await run.query(`CREATE TABLE ${table} (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)`);
  });
  const usual = neonConfig.fetchFunction;
  afterEach(() => {
    neonConfig.fetchFunction = usual;
  });
  const rows = () => run.query(`SELECT id FROM ${table}`);
  const insert = (id: number) => run.query(`INSERT INTO ${table} VALUES (${id})`);

  it.each(["08006", "57P01", "57014", "53300", "40001", "22021"])(
    "answers an error of Postgres (%s) with 400 and every member",
    async (code) => {
      const wire = await wireOf(() => run.query(raise(code)));
      expect(wire?.status).toBe(400);
      expect(wire?.body).toMatchObject({ code, severity: "ERROR", constraint: null });
      expect(Object.keys(wire?.body ?? {}).toSorted()).toEqual(MEMBERS);
    },
  );

  it("answers an error at COMMIT like any other, and rolls back", async () => {
    const wire = await wireOf(() => run.transaction([insert(1), insert(1)]));
    expect(wire).toMatchObject({ status: 400, body: { code: "23505" } });
    expect(await rows()).toEqual([]);
  });

  it("rolls back a batch whose response is too large, and says so without a code", async () => {
    const large = run.query(`SELECT repeat('x', 100000) FROM generate_series(1, $1::int)`, [
      Math.ceil(failing.mostBytes / 100_000),
    ]);
    const wire = await wireOf(() => run.transaction([insert(1), large]));
    expect(wire).toMatchObject({ status: 507, body: { code: "" } });
    expect(await rows()).toEqual([]);
  });

  if (failing.isServer) describeConnections(run, () => table);
}

function describeConnections(run: Run, table: () => string): void {
  it("answers a lost connection to Postgres with 400, and keeps working", async () => {
    const wire = await wireOf(() => run.query("SELECT pg_terminate_backend(pg_backend_pid())"));
    expect(wire?.status).toBe(400);
    expect(LOST).toContain(wire?.body.code);
    expect(await run`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("answers a connection lost at COMMIT with 400", async () => {
    await run.query(`
      CREATE FUNCTION ${table()}_ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL;
      END $$`);
    await run.query(`
      CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON ${table()} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION ${table()}_ends()`);
    const wire = await wireOf(() =>
      run.transaction([run.query(`INSERT INTO ${table()} VALUES (1)`)]),
    );
    expect(wire?.status).toBe(400);
    expect(LOST).toContain(wire?.body.code);
    expect(await run.query(`SELECT id FROM ${table()}`)).toEqual([]);
  });

  it("answers a cancelled statement with its code", async () => {
    const limit = run.query("SET LOCAL statement_timeout = 50");
    const wire = await wireOf(() => run.transaction([limit, run.query("SELECT pg_sleep(5)")]));
    expect(wire).toMatchObject({ status: 400, body: { code: "57014" } });
  });

  it("cancels the running statement when the client disconnects", async () => {
    const mark = crypto.randomUUID();
    const isRunning = async () =>
      (
        await run.query(`SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1`, [
          `%sleeps ${mark}%`,
        ])
      ).length > 0;
    const hangUp = new AbortController();
    const fetchOptions = { signal: hangUp.signal };
    const sleeping = run.query(`SELECT pg_sleep(60) /* sleeps ${mark} */`, [], { fetchOptions });
    const failed = sleeping.then(
      () => "none",
      (error: Error) => error.message,
    );
    await until(isRunning);
    hangUp.abort();
    expect(await failed).toMatch(/abort/i);
    await until(async () => !(await isRunning()));
  });
}
