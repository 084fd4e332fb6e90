/** What the local stand-ins share: a server on a free port, bodies in and JSON out. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Admission, refusalOf, sendRefusal } from "./request-guard.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export type RunningServer = { port: number; origin: string; close: () => Promise<void> };

/** Longer than any pause: a connection closed just as it is reused looks like a failure. */
const KEEP_ALIVE_MS = 10 * 60_000;

/**
 * Listens on loopback, on a free port unless one is given. Requests for another `Host` and those of pages
 * in a browser are refused before the handler sees them.
 */
export async function listen(
  handler: Handler,
  port = 0,
  admission: Admission = {},
): Promise<RunningServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const refusal = refusalOf(request, admission);
    if (refusal) return sendRefusal(response, refusal);
    handler(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  return { port: actual, origin: `http://127.0.0.1:${actual}`, close: () => close(server) };
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
