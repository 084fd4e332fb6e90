/** The only file that knows the Neon driver: Postgres over HTTP, each call a transaction of its own. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { drizzle, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import type { Config } from "../env.ts";
import { isUnreachable } from "./errors.ts";
import * as schema from "./schema.ts";

export type Db = NeonHttpDatabase<typeof schema>;

const CALL_TIMEOUT_MS = 10_000;

/** A database handle. Opens nothing: every query is one HTTP request. */
export function createDb(config: Pick<Config, "DATABASE_URL" | "DATABASE_HTTP_URL">): Db {
  if (config.DATABASE_HTTP_URL) neonConfig.fetchEndpoint = config.DATABASE_HTTP_URL;
  neonConfig.fetchFunction = fetchInTime;
  return drizzle(neon(config.DATABASE_URL), { schema });
}

/**
 * The deadline is made per call: a signal given to `neon()` itself would fire once for all. The body
 * is read here, so that a cut in its middle is known as a failure of the connection.
 */
async function fetchInTime(input: string, init: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
  return new Response(await response.arrayBuffer(), { status: response.status });
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
