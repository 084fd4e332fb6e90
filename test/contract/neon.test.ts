import { describe, expect, inject, it } from "vitest";
import { startNeon } from "../../local/neon.ts";
import { callsContaining, injectFault } from "../support/postgres.ts";
import { until } from "../support/until.ts";
import { type Neon, promisesOfNeon } from "./neon.suite.ts";

const endpoint = inject("neonUrl");
const connectionString = inject("vars").DATABASE_URL ?? "";

/** Limits of a response of Neon, and of this suite's own stand-in. */
const NEON_BYTES = 64 * 1024 * 1024;
const FEW_BYTES = 1024 * 1024;

const { CONTRACT_DATABASE_URL } = process.env;
const embedded = { start: startEmbedded, isServer: false, mostBytes: FEW_BYTES };
const server = { isServer: true, mostBytes: NEON_BYTES };
const services: [string, Neon][] = [
  ["The local Neon over the embedded Postgres", { connectionString, ...embedded }],
];
if (process.env.LOCAL_POSTGRES_URL) {
  const start = async () => ({ endpoint });
  services.push(["The local Neon over a real server", { connectionString, start, ...server }]);
}
if (CONTRACT_DATABASE_URL) {
  services.push(["Neon itself", { connectionString: CONTRACT_DATABASE_URL, ...server }]);
}

/** A server of this suite's own, in memory. */
async function startEmbedded() {
  const copyOf = inject("emptyPostgres");
  const { password } = new URL(connectionString);
  const options = { password, mostBytes: FEW_BYTES, copyOf };
  const { url, close } = await startNeon(options);
  return { endpoint: url, stop: close };
}

describe.each(services)("%s", (_name, service) => {
  promisesOfNeon(service);
});

/** One query as the driver sends it. */
function send(query: string, params: unknown[], headers?: Record<string, string>) {
  const named = headers ?? { "neon-connection-string": connectionString };
  return fetch(endpoint, {
    method: "POST",
    headers: named,
    body: JSON.stringify({ query, params }),
  });
}

/** The name of the error with which a failing call is rejected. */
function nameOfFailure(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "none",
    (error: Error) => error.name,
  );
}

describe("what only the stand-in offers", () => {
  it("requires the connection string and a query, as Neon does", async () => {
    const headers = { "neon-connection-string": connectionString };
    const malformed = await fetch(endpoint, { method: "POST", headers, body: '{"que' });
    for (const response of [await send("SELECT 1", [], {}), malformed]) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "" });
    }
  });

  it("serves no other path", async () => {
    expect((await fetch(new URL("/other", endpoint), { method: "POST" })).status).toBe(404);
  });

  it("lists the calls that contain a text, in order, with their times", async () => {
    const mark = crypto.randomUUID();
    const before = Date.now();
    await send("SELECT $1::text AS first", [mark]);
    await send(`SELECT '${mark}' AS second`, []);
    const [first, second, ...others] = await callsContaining(mark);
    expect(others).toEqual([]);
    expect(first?.body).toContain("AS first");
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Number.POSITIVE_INFINITY);
    expect(first?.at).toBeGreaterThanOrEqual(before);
  });

  it("refuses, breaks and delays the calls that a fault names, as often as it says", async () => {
    const mark = crypto.randomUUID();
    await injectFault({ contains: mark, times: 1, kind: "refuse" });
    await expect(send("SELECT $1::text", [mark])).rejects.toThrow("fetch failed");
    await injectFault({ contains: mark, times: 1, kind: "status", status: 503 });
    expect((await send("SELECT $1::text", [mark])).status).toBe(503);
    const delayMs = 60;
    await injectFault({ contains: mark, times: 1, kind: "delay", delayMs });
    const startedAt = performance.now();
    expect((await send("SELECT $1::text", [mark])).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(delayMs - 1);
    expect((await send("SELECT $1::text", [mark])).status).toBe(200);
  });

  it("leaves other calls alone, and every call once the fault is removed", async () => {
    const mark = crypto.randomUUID();
    const remove = await injectFault({ contains: mark, times: 2, kind: "status", status: 429 });
    expect((await send("SELECT 1", [])).status).toBe(200);
    expect((await send("SELECT $1::text", [mark])).status).toBe(429);
    await remove();
    expect((await send("SELECT $1::text", [mark])).status).toBe(200);
  });

  it("can lose the response of a call that took effect", async () => {
    const table = `lost_${crypto.randomUUID().replaceAll("-", "")}`;
    await injectFault({ contains: table, times: 1, kind: "cut_after_commit" });
    await expect(send(`CREATE TABLE ${table} ()`, [])).rejects.toThrow("fetch failed");
    expect((await send(`DROP TABLE ${table}`, [])).status).toBe(200);
  });

  it("answers with an error of Postgres or of the proxy, before or after the call takes effect", async () => {
    const table = `failed_${crypto.randomUUID().replaceAll("-", "")}`;
    const create = () => send(`CREATE TABLE ${table} ()`, []);
    await injectFault({ contains: table, times: 1, kind: "sql_error", code: "57P01" });
    const refused = await create();
    expect({ status: refused.status, body: await refused.json() }).toMatchObject({
      status: 400,
      body: { code: "57P01", constraint: null },
    });
    await injectFault({ contains: table, times: 1, kind: "sql_error", status: 507 });
    expect((await create()).status).toBe(507);
    await injectFault({ contains: table, times: 1, kind: "sql_error_after_commit" });
    const lost = await create();
    expect({ status: lost.status, body: await lost.json() }).toMatchObject({
      status: 400,
      body: { code: "", severity: "" },
    });
    expect((await send(`DROP TABLE ${table}`, [])).status).toBe(200);
  });

  it("does nothing for a client that disconnected while it was queued", async () => {
    const table = `left_${crypto.randomUUID().replaceAll("-", "")}`;
    await injectFault({ contains: table, times: 2, kind: "delay", delayMs: 200 });
    const headers = { "neon-connection-string": connectionString };
    const body = JSON.stringify({ query: `CREATE TABLE ${table} ()` });
    const hangUp = new AbortController();
    const { signal } = hangUp;
    const failed = nameOfFailure(fetch(endpoint, { method: "POST", headers, body, signal }));
    await until(async () => (await callsContaining(table)).length === 1);
    hangUp.abort();
    expect(await failed).toBe("AbortError");
    // It waits equally long, and later.
    const later = await send(`SELECT to_regclass('${table}')::text`, []);
    expect(await later.json()).toMatchObject({ rows: [[null]] });
  });
});
