/** In front of the stand-in for Neon, in a process of its own: delays each call by its argument, and keeps the last one. */
import { Agent, request as send } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { listen, readText, sendJson } from "../local/http-server.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 100 });
let delayMs = 0;
let last = "";

const server = await listen(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://local");
  if (pathname === "/last") return sendJson(response, 200, JSON.parse(last));
  if (pathname === "/delay") {
    delayMs = Number(searchParams.get("ms"));
    return sendJson(response, 200, { delayMs });
  }
  last = await readText(request);
  if (delayMs > 0) await delay(delayMs);
  const { host: _, ...headers } = request.headers;
  const forwarded = send(process.env.BENCH_NEON_URL ?? "", { method: "POST", agent, headers });
  forwarded.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forwarded.once("error", () => response.destroy());
  forwarded.end(last);
});

process.send?.({ url: `${server.origin}/sql` });
