/**
 * Neon's HTTP protocol in front of a local Postgres, so that the real driver runs unchanged.
 *
 * @see https://github.com/neondatabase/neon/blob/main/proxy (`sql_over_http`)
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type pg from "pg";
import { listen, readText, sendJson } from "./http-server.ts";
import { NeonControl } from "./neon-control.ts";
import { type LocalPostgres, openPostgres, type PostgresOptions } from "./postgres.ts";

export type NeonQuery = { query: string; params: unknown[] };
type NeonBody = NeonQuery | { queries: NeonQuery[] };

type NeonResult = {
  fields: { name: string; dataTypeID: number }[];
  rows: unknown[];
  command: string;
  rowCount: number | null;
};

export type LocalNeon = LocalPostgres & {
  /** What `DATABASE_HTTP_URL` is to be. */
  url: string;
  /** What `DATABASE_URL` is to be. */
  connectionString: string;
};

export type NeonOptions = PostgresOptions & {
  port?: number;
  /** Keeps a list of calls, and takes faults: for tests. */
  control?: boolean;
};

const CONNECTION_STRING = "postgres://local:local@local.neon.test/indifly";

/** Starts it on a free port of loopback. */
export async function startNeon(options: NeonOptions = {}): Promise<LocalNeon> {
  const postgres = await openPostgres(options);
  const control = options.control ? new NeonControl() : undefined;
  const server = await listen(async (request, response) => {
    if (control && (await control.handle(request, response))) return;
    await answer(postgres.pool, control, request, response);
  }, options.port);
  return {
    url: `${server.origin}/sql`,
    connectionString: CONNECTION_STRING,
    ...postgres,
    close: () => server.close().then(() => postgres.close()),
  };
}

async function answer(
  pool: pg.Pool,
  control: NeonControl | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST" || request.url !== "/sql") {
    return sendJson(response, 404, { message: "there is only POST /sql" });
  }
  if (!request.headers["neon-connection-string"]) {
    return sendJson(response, 400, { message: "missing Neon-Connection-String", code: "08P01" });
  }
  const text = await readText(request);
  const fault = control?.record(text);
  if (fault && (await control?.before(fault, response))) return;
  const result = await run(pool, JSON.parse(text), request.headers);
  if (fault && control?.after(fault, response)) return;
  sendJson(response, result.status, result.body);
}

type Outcome = { status: number; body: unknown };

async function run(pool: pg.Pool, body: NeonBody, headers: IncomingHttpHeaders): Promise<Outcome> {
  try {
    if (!("queries" in body)) return { status: 200, body: await execute(pool, body) };
    return { status: 200, body: { results: await transact(pool, body.queries, headers) } };
  } catch (error) {
    if (isDatabaseError(error)) return { status: 400, body: toWireError(error) };
    return { status: 500, body: { message: "connection failure" } };
  }
}

async function transact(
  pool: pg.Pool,
  queries: NeonQuery[],
  headers: IncomingHttpHeaders,
): Promise<NeonResult[]> {
  const client = await pool.connect();
  try {
    // Sent at once, as one trip: after one that fails the rest are refused, and the end is a rollback. Nobody
    // else gets the connection before that.
    const begun = client.query(beginStatement(headers));
    const sent = queries.map((query) => execute(client, query));
    const ended = client.query("COMMIT");
    const settled = await Promise.allSettled([begun, ...sent, ended]);
    const failed = settled.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
    return await Promise.all(sent);
  } finally {
    client.release();
  }
}

const ISOLATION: Record<string, string> = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};

function beginStatement(headers: IncomingHttpHeaders): string {
  const isolation = ISOLATION[String(headers["neon-batch-isolation-level"])];
  const words = ["BEGIN"];
  if (isolation) words.push(`ISOLATION LEVEL ${isolation}`);
  if (headers["neon-batch-read-only"] === "true") words.push("READ ONLY");
  if (headers["neon-batch-deferrable"] === "true") words.push("DEFERRABLE");
  return words.join(" ");
}

/** Values travel as Postgres' own text; PGlite's bridge insists on an array here. */
const AS_TEXT = Object.assign([], { getTypeParser: () => (value: unknown) => value });

async function execute(
  client: pg.Pool | pg.PoolClient,
  { query, params }: NeonQuery,
): Promise<NeonResult> {
  const config: pg.QueryArrayConfig & { queryMode: "extended" } = {
    text: query,
    values: params,
    rowMode: "array",
    types: AS_TEXT,
    // Also for a query without parameters, as Neon has it: one statement, never several.
    queryMode: "extended",
  };
  const { fields, rows, command, rowCount } = await client.query(config);
  return {
    fields: fields.map(({ name, dataTypeID }) => ({ name, dataTypeID })),
    rows,
    command,
    rowCount,
  };
}

const ERROR_FIELDS = new Set(
  `severity code detail hint position internalPosition internalQuery where schema table column dataType
  constraint file line routine`.split(/\s+/),
);

/** By its shape: PGlite's errors are not instances of pg's class. */
function isDatabaseError(error: unknown): error is Error {
  return error instanceof Error && "severity" in error && "code" in error;
}

function toWireError(error: Error): Record<string, unknown> {
  const members = Object.entries(error).filter(([name]) => ERROR_FIELDS.has(name));
  return { message: error.message, ...Object.fromEntries(members) };
}
