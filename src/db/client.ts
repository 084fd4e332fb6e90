/** The only file that knows the Neon driver: Postgres over HTTP, each call a transaction of its own. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import type { Config } from "../env.ts";
import { isUnreachable } from "./errors.ts";
import * as documents from "./schema-documents.ts";
import * as accounts from "./schema.ts";

const schema = { ...accounts, ...documents };

export type Db = NeonHttpDatabase<typeof schema>;

const CALL_TIMEOUT_MS = 10_000;

/** How Neon answers a statement that Postgres refused: with JSON too. */
const SQL_ERROR = 400;

/** A database handle. Opens nothing: every query is one HTTP request. */
export function createDb(config: Pick<Config, "DATABASE_URL" | "DATABASE_HTTP_URL">): Db {
  if (config.DATABASE_HTTP_URL) neonConfig.fetchEndpoint = config.DATABASE_HTTP_URL;
  neonConfig.fetchFunction = fetchInTime;
  return drizzle(neon(config.DATABASE_URL), { schema });
}

/**
 * Each call has its own deadline, cleared at its end: an `AbortSignal.timeout` would wake the isolate
 * 10 s later for nothing. The body is read here, so that a cut in its middle is known as a failure of
 * the connection.
 */
async function fetchInTime(input: string, init: RequestInit): Promise<Response> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), CALL_TIMEOUT_MS);
  try {
    const { ok, status, text } = await readWhole(input, { ...init, signal: deadline.signal });
    // Parsed here: a body of another form is a failure of the connection, after which a write may have happened.
    const body = ok || status === SQL_ERROR ? parse(text, ok ? isAnswer : isObject) : undefined;
    // As much of a response as the driver reads: a real one would be read through a stream again.
    return { ok, status, text: async () => text, json: async () => body } as Response;
  } finally {
    clearTimeout(timer);
  }
}

async function readWhole(input: string, init: RequestInit) {
  const response = await fetch(input, init);
  return { ok: response.ok, status: response.status, text: await response.text() };
}

function parse(text: string, hasForm: (body: unknown) => boolean): unknown {
  const body: unknown = JSON.parse(text);
  if (!hasForm(body)) throw new TypeError("The response is not one of Neon's.");
  return body;
}

/** True for the result of a query, and for those of a batch. */
function isAnswer(body: unknown): boolean {
  if (!isObject(body)) return false;
  return Array.isArray(body.results) ? body.results.every(isResult) : isResult(body);
}

function isResult(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.fields) && Array.isArray(value.rows);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** What a raw statement resolves to. */
export type Result<Row> = {
  rows: Row[];
  /** Rows that the statement returned or wrote. */
  count: number;
  /** True where Postgres could not be reached at first: that first call may have been applied. */
  wasRepeated: boolean;
};

/** A raw statement, whose type names its rows, or a query of drizzle's builder. */
type Query = SQL | BatchItem<"pg">;

/** By name, in the order in which they run; what is undefined is left out. */
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

/** The rows of a raw query. Repeated once where Postgres could not be reached. */
export async function read<Row>(db: Db, statement: SQL<Row>): Promise<Row[]> {
  const { rows } = await write(db, statement);
  return rows;
}

/** The first row of a raw query; undefined without one. */
export async function readOne<Row>(db: Db, statement: SQL<Row>): Promise<Row | undefined> {
  const [row] = await read(db, statement);
  return row;
}

/**
 * Runs a raw statement, and once more where Postgres could not be reached. So every write has to bear
 * being applied twice: ids are made before, and the statement says what happens on a conflict.
 */
export async function write<Row>(db: Db, statement: SQL<Row>): Promise<Result<Row>> {
  const { value, wasRepeated } = await repeated(() => db.execute(statement));
  return toResult<Row>(value, wasRepeated);
}

/** Runs a query of drizzle's builder, under the same conditions: each `then` of it is a call. */
export async function run<T>(query: PromiseLike<T>): Promise<T> {
  const { value } = await repeated(() => query);
  return value;
}

/**
 * Runs statements in one transaction and one trip, in the order in which they stand, under the same
 * conditions as `write`. Their results have their names; a list of statements has a list of results.
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

/** Runs a call and, where Postgres could not be reached, runs it once more. */
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
