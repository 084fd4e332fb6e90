/** A proxy that keeps what passes it, and may hold a request for ever. */
import { listen, readText } from "../../local/http-server.ts";

export type WatchingProxy = AsyncDisposable & {
  origin: string;
  /** "GET /chats", in order, without queries. */
  seen: string[];
};

/** Requests that `holds` is true for get no response. */
export async function startWatchingProxy(
  upstream: string,
  holds: (call: string) => boolean = () => false,
): Promise<WatchingProxy> {
  const seen: string[] = [];
  const server = await listen(async (request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const call = `${method} ${url.replace(/\?.*/, "")}`;
    seen.push(call);
    if (holds(call)) return;
    const body = await readText(request);
    const given = ["authorization", "content-type", "accept", "idempotency-key", "last-event-id"];
    const passed = given.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
    const init = { method, headers: Object.fromEntries(passed), ...(body && { body }) };
    const from = await fetch(upstream + url, init);
    response.writeHead(from.status, { "content-type": from.headers.get("content-type") ?? "" });
    for await (const chunk of from.body ?? []) response.write(chunk);
    response.end();
  });
  return { origin: server.origin, seen, [Symbol.asyncDispose]: server.close };
}
