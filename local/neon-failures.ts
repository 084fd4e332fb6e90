/**
 * How Neon's proxy reports errors. It answers every error of a query with 400, also the loss of its
 * connection to Postgres: then with an empty code, since there is no SQLSTATE.
 *
 * @see https://github.com/neondatabase/neon/blob/main/proxy/src/serverless/sql_over_http.rs
 */

export type NeonResponse = { status: number; text: string };

/** The members of a Postgres error besides its message, by their names on the wire. */
const NULLS = Object.fromEntries(
  `detail hint position internalPosition internalQuery where table column schema dataType constraint file
  line routine`
    .split(/\s+/)
    .map((name) => [name, null]),
);

/** Every member is there, empty or null where Postgres gave none. */
export function failure(status: number, message: string, members: object = {}): NeonResponse {
  const body = { message, code: "", severity: "", ...NULLS, ...members };
  return { status, text: JSON.stringify(body) };
}

/** An error of a query, or of its COMMIT, on the wire. */
export function queryFailure(error: unknown): NeonResponse {
  if (isDatabaseError(error)) return failure(400, error.message, membersOf(error));
  return failure(400, "connection closed");
}

/** True where the connection is lost after an error. */
export function endsConnection(error: unknown): boolean {
  return !isDatabaseError(error) || ("severity" in error && error.severity === "FATAL");
}

/** An error where there was no connection at all. */
export function connectFailure(error: unknown): NeonResponse {
  const members = isDatabaseError(error) ? membersOf(error) : {};
  return failure(500, "couldn't connect to compute node", members);
}

/** Authentication fails in the proxy, which has no SQLSTATE of Postgres for it. */
export function wrongPassword(user: string): NeonResponse {
  return failure(400, `password authentication failed for user '${user}'`);
}

/** The client disconnected, or the proxy was stopped, during a query. */
export const CANCELLED = failure(400, "Query cancelled, connection was terminated", {
  code: "08P01",
});

export function requestTooLarge(mostBytes: number): NeonResponse {
  return failure(413, `request is too large (max is ${mostBytes} bytes)`);
}

export function responseTooLarge(mostBytes: number): NeonResponse {
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
