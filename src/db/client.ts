/** The only file that knows the Neon driver: Postgres over HTTP, each call a transaction of its own. */
import { neon, neonConfig } from "@neondatabase/serverless";
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

/**
 * Runs a call and, when Postgres could not be reached, runs it once more. Only for calls that may
 * have happened without our knowing and still be repeated: reads, and writes of ids made before.
 */
export async function repeatable<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return call();
  }
}
