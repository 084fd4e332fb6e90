/** Requests at 20 connections, beside a bare Hono route that makes the same call to Postgres. */
import { startBareHono } from "../bare.ts";
import { call } from "../client.ts";
import { type Services, startScript, startServices } from "../processes.ts";
import { startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { measureRequests } from "../requests.ts";

type Query = { query: string; params: unknown[] };

type Route = { method: string; path: string; body?: string };

/** Chats that the list shows, beside the one with messages. */
const CHATS = 20;
const TURNS = 5;

export async function compareCrud(): Promise<Line[]> {
  const services = await startServices();
  const vars = varsOf(services.neon, services.provider);
  const product = await startProduct(vars);
  const [chatId = ""] = await product.newChats(CHATS);
  for (let turn = 0; turn < TURNS; turn++) {
    const { url, headers, body } = product.ask(chatId);
    await call("POST", url, headers, body);
  }
  const routes: Route[] = [
    { method: "GET", path: "/chats" },
    { method: "GET", path: `/chats/${chatId}/messages` },
    { method: "POST", path: "/chats", body: "{}" },
  ];
  const calls = await recordCalls(services, routes, product.headers);
  const bare = await startBareHono({ ...vars, CALLS: JSON.stringify(calls) });
  const measure = async (number: number, { method, path, body }: Route) => ({
    ours: await measureRequests(product, method, product.url + path, product.headers, body),
    beside: await measureRequests(bare, "GET", bare.url + number, {}),
  });
  const lines: Line[] = [];
  // What is compiled at run time is ready then.
  for (const [number, route] of routes.entries()) await measure(number, route);
  for (const [number, route] of routes.entries()) {
    const { ours, beside } = await measure(number, route);
    const what = `\`${route.method} ${route.path.replace(chatId, "{id}")}\` at 20 connections`;
    const of = "a bare Hono route";
    lines.push({
      what: `${what}, per second`,
      ours: ours.perSecond,
      beside: beside.perSecond,
      of,
    });
    lines.push({
      what: `${what}: CPU of a request, ms`,
      ours: ours.cpuMsEach,
      beside: beside.cpuMsEach,
      of,
      atMost: 1.3,
    });
  }
  return lines;
}

/** What the product sends to Postgres for each route. A new id becomes `{new}`. */
async function recordCalls(
  { neon, provider }: Services,
  routes: readonly Route[],
  headers: Record<string, string>,
): Promise<Record<string, Query[]>> {
  const between = await startScript<{ url: string }>("slow-neon.ts", "", {
    BENCH_NEON_URL: neon.url,
  });
  const vars = varsOf({ ...neon, url: between.url }, provider);
  const { url } = await startProduct(vars, "recorded@example.com");
  const calls: Record<string, Query[]> = {};
  for (const [number, { method, path, body }] of routes.entries()) {
    const { id = "" } = JSON.parse(await call(method, url + path, headers, body));
    const sent = JSON.parse(await call("GET", new URL("/last", between.url).href, {}));
    const queries: Query[] = sent.queries ?? [sent];
    calls[number] = queries.map(({ query, params }) => ({
      query,
      params: params.map((value) => (value === id ? "{new}" : value)),
    }));
  }
  return calls;
}
