/** Classifies errors of the driver. Only code and constraint leave this file. */
import { type LogFields, nameOf } from "../lib/log.ts";

type PostgresError = { code: string; constraint?: string };

/** Neon's proxy sends an empty code when the connection to the compute was lost. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Transient SQLSTATE classes: connection, authorization, unknown database, rollback (deadlock),
 * resources, operator intervention, system errors.
 */
const UNAVAILABLE_CLASSES = new Set(["08", "28", "3D", "40", "53", "57", "58"]);

/** Transient single codes: read-only standby, transaction timeouts, lock not available. */
const UNAVAILABLE_CODES = new Set(["25006", "25P03", "25P04", "55P03"]);

/** SQLSTATE classes about the values of a call: data, constraints, view checks, limits, triggers. */
const CONTENT_CLASSES = new Set(["21", "22", "23", "44", "54", "P0"]);

const UNDEFINED_TABLE = "42P01";
const UNDEFINED_TYPE = "42704";

/** True when the call violated the constraint or unique index of that name. */
export function violates(error: unknown, constraint: string): boolean {
  return postgresError(error)?.constraint === constraint;
}

/** True when the statement named a table or type that does not exist on this server. */
export function isUndefinedObject(error: unknown): boolean {
  const code = postgresError(error)?.code;
  return code === UNDEFINED_TABLE || code === UNDEFINED_TYPE;
}

/** True when Postgres could not be reached or did not respond in time; a write may have been applied. */
export function isUnreachable(error: unknown): boolean {
  const found = postgresError(error);
  if (found) return meansUnavailable(found);
  return causes(error).some((cause) => cause.name === "NeonDbError");
}

/** True when Postgres refused the call itself: a retry can never succeed. */
export function isPermanent(error: unknown): boolean {
  const found = postgresError(error);
  return found !== undefined && !meansUnavailable(found);
}

/** True when Postgres refused the values of the call: it may accept others. */
export function refusesContent(error: unknown): boolean {
  const found = postgresError(error);
  return found !== undefined && CONTENT_CLASSES.has(found.code.slice(0, 2));
}

/** Code and constraint for the log; undefined when the error does not come from Postgres. */
export function describeDbError(error: unknown): PostgresError | undefined {
  return postgresError(error) ?? (isUnreachable(error) ? { code: "unreachable" } : undefined);
}

/** Log fields of any error: its name, SQLSTATE and constraint; never a message. */
export function describeFailure(error: unknown): LogFields {
  const found = describeDbError(error);
  return { cause: nameOf(error), database_code: found?.code, constraint: found?.constraint };
}

function meansUnavailable({ code }: PostgresError): boolean {
  return UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || UNAVAILABLE_CODES.has(code);
}

function postgresError(error: unknown): PostgresError | undefined {
  for (const cause of causes(error)) {
    const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
    if (cause.name !== "NeonDbError" || typeof code !== "string" || !SQLSTATE.test(code)) continue;
    return typeof constraint === "string" ? { code, constraint } : { code };
  }
  return undefined;
}

/** The error and its causes, outermost first: drizzle wraps the driver's errors in its own. */
function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let next = error; next instanceof Error && chain.length < 5; next = next.cause) {
    chain.push(next);
  }
  return chain;
}
