/**
 * How Neon's proxy words what goes wrong. It answers every error of a query with 400, also the loss of its
 * connection to Postgres: then with an empty code, for there is no SQLSTATE.
 *
 * @see https://github.com/neondatabase/neon/blob/main/proxy/src/serverless/sql_over_http.rs
 */

export type NeonAnswer = { status: number; text: string };

/** What Postgres says of an error beside its message, by the names that the wire has for it. */
const NULLS = Object.fromEntries(
  `detail hint position internalPosition internalQuery where table column schema dataType constraint file
  line routine`
    .split(/\s+/)
    .map((name) => [name, null]),
);

/** Every member is there, empty or null where Postgres said nothing. */
export function failure(status: number, message: string, members: object = {}): NeonAnswer {
  const body = { message, code: "", severity: "", ...NULLS, ...members };
  return { status, text: JSON.stringify(body) };
}

/** What an error of a query, or of its end, is on the wire. */
export function queryFailure(error: unknown): NeonAnswer {
  if (isDatabaseError(error)) return failure(400, error.message, membersOf(error));
  return failure(400, "connection closed");
}

/** True where there is no connection any more after an error. */
export function endsConnection(error: unknown): boolean {
  return !isDatabaseError(error) || ("severity" in error && error.severity === "FATAL");
}

/** What it is where there is no connection yet. */
export function connectFailure(error: unknown): NeonAnswer {
  const members = isDatabaseError(error) ? membersOf(error) : {};
  return failure(500, "couldn't connect to compute node", members);
}

/** Authentication fails in the proxy, which has no SQLSTATE of Postgres for it. */
export function wrongPassword(user: string): NeonAnswer {
  return failure(400, `password authentication failed for user '${user}'`);
}

/** The client hung up, or the proxy was stopped, in the middle of a query. */
export const CANCELLED = failure(400, "Query cancelled, connection was terminated", {
  code: "08P01",
});

export function requestTooLarge(mostBytes: number): NeonAnswer {
  return failure(413, `request is too large (max is ${mostBytes} bytes)`);
}

export function responseTooLarge(mostBytes: number): NeonAnswer {
  return failure(507, `response is too large (max is ${mostBytes} bytes)`);
}

/** By its shape: PGlite's errors are not instances of pg's class. */
function isDatabaseError(error: unknown): error is Error {
  return error instanceof Error && "severity" in error && "code" in error;
}

function membersOf(error: Error): Record<string, unknown> {
  const known = { code: "", severity: "", ...NULLS };
  const given = Object.entries(error).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.filter(([name]) => Object.hasOwn(known, name)));
}
