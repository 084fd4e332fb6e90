/**
 * Neon's HTTP protocol in front of a local Postgres, so that the real driver runs unchanged.
 *
 * @see https://github.com/neondatabase/neon/blob/main/proxy (`sql_over_http`)
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readText, sendJson } from "./http-server.ts";
import { NeonControl } from "./neon-control.ts";
import { failure, type NeonAnswer, requestTooLarge } from "./neon-failures.ts";
import { type NeonBody, runQueries } from "./neon-queries.ts";
import { type LocalPostgres, openPostgres, type PostgresOptions } from "./postgres.ts";

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
  /** Of a request, and of a response; Neon's own limit unless given. */
  mostBytes?: number;
};

const MOST_BYTES = 64 * 1024 * 1024;

const CONNECTION_STRING = "postgres://local:local@local.neon.test/indifly";

/** Starts it on a free port of loopback. */
export async function startNeon(options: NeonOptions = {}): Promise<LocalNeon> {
  const postgres = await openPostgres(options);
  const control = options.control ? new NeonControl() : undefined;
  const server = await listen(async (request, response) => {
    if (control && (await control.handle(request, response))) return;
    await answer(
      { postgres, control, mostBytes: options.mostBytes ?? MOST_BYTES },
      request,
      response,
    );
  }, options.port);
  return {
    url: `${server.origin}/sql`,
    connectionString: CONNECTION_STRING,
    ...postgres,
    close: () => server.close().then(() => postgres.close()),
  };
}

type Service = {
  postgres: LocalPostgres;
  control: NeonControl | undefined;
  mostBytes: number;
};

async function answer(
  { postgres, control, mostBytes }: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST" || request.url !== "/sql") {
    return sendJson(response, 404, { message: "there is only POST /sql" });
  }
  if (!request.headers["neon-connection-string"]) {
    return send(response, failure(400, "invalid header: neon-connection-string"));
  }
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

function send(response: ServerResponse, { status, text }: NeonAnswer): void {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}
