/** A proxy that cuts the connection of a response after so many bytes of its body: a network that fails. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readText } from "../../local/http-server.ts";

type CuttingProxy = AsyncDisposable & {
  origin: string;
  /** Of the requests, in order. */
  methods: string[];
};

/** `cuts[n]` is the number of bytes that pass of response `n`; later responses pass whole. */
export async function startCuttingProxy(upstream: string, cuts: number[]): Promise<CuttingProxy> {
  const methods: string[] = [];
  const server = await listen(async (request, response) => {
    const body = await readText(request);
    const most = cuts[methods.length] ?? Infinity;
    methods.push(request.method ?? "");
    await pass(await forward(upstream, request, body), response, most);
  });
  return { origin: server.origin, methods, [Symbol.asyncDispose]: server.close };
}

function forward(
  upstream: string,
  { method = "GET", url, headers }: IncomingMessage,
  body: string,
) {
  const names = ["authorization", "content-type", "idempotency-key", "last-event-id"];
  const given = names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
  const init = { method, headers: Object.fromEntries(given) };
  return fetch(`${upstream}${url}`, body ? { ...init, body } : init);
}

async function pass(from: Response, response: ServerResponse, most: number): Promise<void> {
  response.writeHead(from.status, { "content-type": from.headers.get("content-type") ?? "" });
  let left = most;
  for await (const chunk of from.body ?? []) {
    response.write(chunk.subarray(0, left));
    left -= chunk.byteLength;
    // The pieces that were written must leave before the connection does.
    if (left <= 0) return void response.write("", () => response.destroy());
  }
  response.end();
}
