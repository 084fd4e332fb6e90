/** The only file that knows the Neon driver: Postgres over HTTP, each call in its own transaction. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import type { Config } from "../env.ts";
import { timed } from "../lib/trace.ts";
import { isUnreachable } from "./errors.ts";
import * as budgets from "./schema-budgets.ts";
import * as documents from "./schema-documents.ts";
import * as mail from "./schema-mail.ts";
import * as keys from "./schema-keys.ts";
import * as security from "./schema-security.ts";
import * as signIn from "./schema-sign-in.ts";
import * as accounts from "./schema.ts";

const schema = { ...accounts, ...budgets, ...documents, ...keys, ...mail, ...security, ...signIn };

export type Db = NeonHttpDatabase<typeof schema>;

const CALL_TIMEOUT_MS = 10_000;

/** Neon's status for a statement that Postgres refused; the body is JSON too. */
const SQL_ERROR = 400;

/** A database handle. Opens no connection: every query is one HTTP request. */
export function createDb(config: Pick<Config, "DATABASE_URL" | "DATABASE_HTTP_URL">): Db {
  if (config.DATABASE_HTTP_URL) neonConfig.fetchEndpoint = config.DATABASE_HTTP_URL;
  neonConfig.fetchFunction = fetchInTime;
  return drizzle(neon(config.DATABASE_URL), { schema });
}

/**
 * `fetch` with a timeout of 10 s, cleared at the end: an `AbortSignal.timeout` would wake the isolate for
 * nothing. Reads the body here, so that a truncated one counts as a failure of the connection.
 */
async function fetchInTime(input: string, init: RequestInit): Promise<Response> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), CALL_TIMEOUT_MS);
  try {
    const { ok, status, text } = await readWhole(input, { ...init, signal: deadline.signal });
    // A malformed body counts as a failure of the connection, after which a write may have been applied.
    const body =
      ok || status === SQL_ERROR ? parse(text, ok ? isQueryResponse : isObject) : undefined;
    // Only what the driver uses of a response: a real one would send the text through a stream again.
    return { ok, status, text: async () => text, json: async () => body } as Response;
  } finally {
    clearTimeout(timer);
  }
}

function readWhole(input: string, init: RequestInit) {
  return timed("db", async () => {
    const response = await fetch(input, init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  });
}

function parse(text: string, hasForm: (body: unknown) => boolean): unknown {
  const body: unknown = JSON.parse(text);
  if (!hasForm(body)) throw new TypeError("The response does not come from Neon.");
  return body;
}

/** True for the result of a query or of a batch. */
function isQueryResponse(body: unknown): boolean {
  if (!isObject(body)) return false;
  return Array.isArray(body.results) ? body.results.every(isResult) : isResult(body);
}

function isResult(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.fields) && Array.isArray(value.rows);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The result of a raw statement. */
type Result<Row> = {
  rows: Row[];
  /** The number of rows that the statement returned or wrote. */
  count: number;
  /** True when the first call could not reach Postgres: it may have been applied. */
  wasRepeated: boolean;
};

/** A raw statement, typed by its rows, or a query of drizzle's builder. */
type Query = SQL | BatchItem<"pg">;

/** Statements by name, in the order in which they run; undefined ones are skipped. */
type Statements = Record<string, Query | readonly Query[] | undefined>;

type ResultOf<Q> =
  Q extends SQL<infer Row>
    ? Result<unknown extends Row ? Record<string, unknown> : Row>
    : Q extends BatchItem<"pg">
      ? Q["_"]["result"]
      : Q extends readonly (infer Each)[]
        ? ResultOf<Each>[]
        : undefined;

type Results<S extends Statements> = { [Name in keyof S]: ResultOf<S[Name]> };

/** The rows of a raw query. Repeated once if Postgres could not be reached. */
export async function read<Row>(db: Db, statement: SQL<Row>): Promise<Row[]> {
  const { rows } = await write(db, statement);
  return rows;
}

/** The first row of a raw query; undefined if there is none. */
export async function readOne<Row>(db: Db, statement: SQL<Row>): Promise<Row | undefined> {
  const [row] = await read(db, statement);
  return row;
}

/**
 * Runs a raw statement, and repeats it once if Postgres could not be reached. Every write must therefore
 * be safe to apply twice: create ids beforehand, and handle the conflict in the statement.
 */
export async function write<Row>(db: Db, statement: SQL<Row>): Promise<Result<Row>> {
  const { value, wasRepeated } = await repeated(() => db.execute(statement));
  return toResult<Row>(value, wasRepeated);
}

/** Runs a query of drizzle's builder under the same conditions: each `then` on it is a call. */
export async function run<T>(query: PromiseLike<T>): Promise<T> {
  const { value } = await repeated(() => query);
  return value;
}

/**
 * Runs the statements in order, in one transaction and one round trip, under the same conditions as
 * `write`. Returns their results by name; a list of statements has a list of results.
 */
export async function batch<const S extends Statements>(
  db: Db,
  statements: S,
): Promise<Results<S>> {
  const listed = Object.values(statements).flatMap((each) => each ?? []);
  const [first, ...rest] = listed.map((query) => toBatchItem(db, query));
  if (!first) throw new TypeError("A batch holds at least one statement.");
  const { value, wasRepeated } = await repeated(() => db.batch([first, ...rest]));
  const results = value[Symbol.iterator]();
  const take = (query: Query): unknown => {
    const result: unknown = results.next().value;
    return isRaw(query) ? toResult(result as RawResult, wasRepeated) : result;
  };
  const named = Object.entries(statements).map(([name, each]) => [name, takeAll(each, take)]);
  return Object.fromEntries(named) as Results<S>;
}

type RawResult = { rows: Record<string, unknown>[]; rowCount: number };

function takeAll(each: Statements[string], take: (query: Query) => unknown): unknown {
  if (each === undefined) return undefined;
  return isList(each) ? each.map(take) : take(each);
}

function isList(each: Query | readonly Query[]): each is readonly Query[] {
  return Array.isArray(each);
}

function toBatchItem(db: Db, query: Query): BatchItem<"pg"> {
  return isRaw(query) ? db.execute(query) : query;
}

function isRaw(query: Query): query is SQL {
  return query instanceof SQL;
}

function toResult<Row>({ rows, rowCount }: RawResult, wasRepeated: boolean): Result<Row> {
  return { rows: rows as Row[], count: rowCount, wasRepeated };
}

/** Runs a call, and repeats it once if Postgres could not be reached. */
async function repeated<T>(
  call: () => PromiseLike<T>,
): Promise<{ value: T; wasRepeated: boolean }> {
  try {
    return { value: await call(), wasRepeated: false };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return { value: await call(), wasRepeated: true };
  }
}
