/**
 * Neon's HTTP protocol in front of a local Postgres, so that the real driver runs unchanged.
 *
 * @see https://github.com/neondatabase/neon/blob/main/proxy (`sql_over_http`)
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readText, sendJson } from "./http-server.ts";
import { NeonControl } from "./neon-control.ts";
import { failure, type NeonResponse, requestTooLarge, wrongPassword } from "./neon-failures.ts";
import { type NeonBody, runQueries } from "./neon-queries.ts";
import { type LocalPostgres, openPostgres, type PostgresOptions } from "./postgres.ts";
import { isEqual, newSecret } from "./secrets.ts";

export type LocalNeon = LocalPostgres & {
  /** The value for `DATABASE_HTTP_URL`. */
  url: string;
  /** The value for `DATABASE_URL`, with the password. */
  connectionString: string;
  /** The bearer token of `/_control/`; undefined without a control. */
  controlKey: string | undefined;
};

export type NeonOptions = PostgresOptions & {
  port?: number;
  /** Random unless given. */
  password?: string;
  /** Records calls, and accepts faults: for tests. */
  control?: boolean;
  /** Of a request, and of a response; Neon's own limit by default. */
  mostBytes?: number;
};

const MOST_BYTES = 64 * 1024 * 1024;

const USER = "local";

/** Starts it on a free port of loopback. */
export async function startNeon(options: NeonOptions = {}): Promise<LocalNeon> {
  const postgres = await openPostgres(options);
  const control = options.control ? new NeonControl() : undefined;
  const { password = newSecret(), mostBytes = MOST_BYTES } = options;
  const server = await listen(async (request, response) => {
    if (control && (await control.handle(request, response))) return;
    await serve({ postgres, control, password, mostBytes }, request, response);
  }, options.port);
  return {
    url: `${server.origin}/sql`,
    connectionString: `postgres://${USER}:${encodeURIComponent(password)}@local.neon.test/indifly`,
    controlKey: control?.key,
    ...postgres,
    close: () => server.close().then(() => postgres.close()),
  };
}

type Service = {
  postgres: LocalPostgres;
  control: NeonControl | undefined;
  password: string;
  mostBytes: number;
};

async function serve(
  { postgres, control, password, mostBytes }: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST" || request.url !== "/sql") {
    return sendJson(response, 404, { message: "there is only POST /sql" });
  }
  const refusal = authenticate(request, password);
  if (refusal) return send(response, refusal);
  const hangUp = hangUpOf(response);
  const text = await readText(request);
  if (Buffer.byteLength(text) > mostBytes) return send(response, requestTooLarge(mostBytes));
  const body = parse(text);
  if (!body) return send(response, failure(400, "could not parse the HTTP request body"));
  const fault = control?.record(text);
  if (fault && (await control?.before(fault, response))) return;
  const run = { body, headers: request.headers, hangUp, mostResponseBytes: mostBytes };
  const result = await runQueries(postgres, run);
  if (fault && control?.after(fault, response)) return;
  send(response, result);
}

/** The error for a connection string that is missing, malformed or has another user or password. */
function authenticate({ headers }: IncomingMessage, password: string): NeonResponse | undefined {
  const given = parseUrl(String(headers["neon-connection-string"]));
  if (!given) return failure(400, "invalid header: neon-connection-string");
  const isKnown = given.user === USER && isEqual(password, given.password);
  return isKnown ? undefined : wrongPassword(given.user);
}

function parseUrl(text: string): { user: string; password: string } | undefined {
  try {
    const { username, password } = new URL(text);
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

/** Aborts when the client closes the connection before it has its response. */
function hangUpOf(response: ServerResponse): AbortSignal {
  const hangUp = new AbortController();
  response.once("close", () => response.writableFinished || hangUp.abort());
  return hangUp.signal;
}

function parse(text: string): NeonBody | undefined {
  try {
    const body = JSON.parse(text);
    return Array.isArray(body?.queries) || typeof body?.query === "string" ? body : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, text }: NeonResponse): void {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}
