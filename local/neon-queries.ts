/** Queries and batches as Neon runs them: a batch is one transaction, and a disconnect cancels it. */
import type { IncomingHttpHeaders } from "node:http";
import type pg from "pg";
import {
  CANCELLED,
  connectFailure,
  endsConnection,
  type NeonResponse,
  queryFailure,
  responseTooLarge,
} from "./neon-failures.ts";
import type { LocalPostgres } from "./postgres.ts";

export type NeonQuery = { query: string; params?: unknown[] };
export type NeonBody = NeonQuery | { queries: NeonQuery[] };

export type NeonRun = {
  body: NeonBody;
  headers: IncomingHttpHeaders;
  /** Aborts when the client has disconnected. */
  hangUp: AbortSignal;
  mostResponseBytes: number;
};

/** Runs the queries of a request. Every outcome is a response. */
export async function runQueries(postgres: LocalPostgres, run: NeonRun): Promise<NeonResponse> {
  let client: pg.PoolClient;
  try {
    client = await postgres.pool.connect();
  } catch (error) {
    return connectFailure(error);
  }
  const cancelling = cancelOnHangUp(postgres, client, run.hangUp);
  const { response, isLost = false } = await runOn(client, run);
  // The connection stays reserved while a cancellation is under way that could hit its next query.
  const wasCancelled = await cancelling.end();
  client.release(isLost || wasCancelled);
  return response;
}

type Outcome = { response: NeonResponse; isLost?: boolean };

async function runOn(client: pg.PoolClient, run: NeonRun): Promise<Outcome> {
  if (run.hangUp.aborted) return { response: CANCELLED };
  try {
    return { response: await responseOf(client, run) };
  } catch (error) {
    return { response: queryFailure(error), isLost: endsConnection(error) };
  }
}

async function responseOf(client: pg.PoolClient, run: NeonRun): Promise<NeonResponse> {
  const { body, mostResponseBytes } = run;
  if ("queries" in body) return transact(client, body.queries, run);
  // Without a transaction: a result too large to be sent has taken effect all the same.
  return toResponse(await execute(client, body), mostResponseBytes);
}

async function transact(
  client: pg.PoolClient,
  queries: NeonQuery[],
  { headers, mostResponseBytes }: NeonRun,
): Promise<NeonResponse> {
  // Sent together, as one trip: after a failure the rest are refused.
  const begun = client.query(beginStatement(headers));
  const sent = queries.map((query) => execute(client, query));
  const settled = await Promise.allSettled([begun, ...sent]);
  const failed = settled.find((outcome) => outcome.status === "rejected");
  if (failed) {
    // Without a connection there is nothing to roll back.
    await client.query("ROLLBACK").catch(() => undefined);
    throw failed.reason;
  }
  const results = await Promise.all(sent);
  const response = toResponse(`{"results":[${results.join(",")}]}`, mostResponseBytes);
  await client.query(response.status === 200 ? "COMMIT" : "ROLLBACK");
  return response;
}

function toResponse(text: string, mostBytes: number): NeonResponse {
  return Buffer.byteLength(text) > mostBytes ? responseTooLarge(mostBytes) : { status: 200, text };
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

/** Values travel as Postgres' own text; PGlite's bridge requires an array here. */
const AS_TEXT = Object.assign([], { getTypeParser: () => (value: unknown) => value });

/** The result on the wire. */
async function execute(client: pg.PoolClient, { query, params = [] }: NeonQuery): Promise<string> {
  const config: pg.QueryArrayConfig & { queryMode: "extended" } = {
    text: query,
    values: params,
    rowMode: "array",
    types: AS_TEXT,
    // Also for a query without parameters, as Neon does: one statement, never several.
    queryMode: "extended",
  };
  const { fields, rows, command, rowCount } = await client.query(config);
  const columns = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
  return JSON.stringify({ fields: columns, rows, command, rowCount });
}

/**
 * Cancels the running query when the client disconnects. `end` is true where the connection can no longer
 * be used.
 */
function cancelOnHangUp({ cancel }: LocalPostgres, client: pg.PoolClient, hangUp: AbortSignal) {
  const { processID } = client as pg.PoolClient & { processID?: number };
  let cancelling: Promise<void> | undefined;
  const onHangUp = () => {
    // The embedded server is serial: nobody else could cancel.
    if (processID !== undefined) cancelling = cancel?.(processID);
  };
  hangUp.addEventListener("abort", onHangUp);
  return {
    end: async () => {
      hangUp.removeEventListener("abort", onHangUp);
      await cancelling;
      return cancelling !== undefined;
    },
  };
}
