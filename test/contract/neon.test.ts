import { describe, expect, inject, it } from "vitest";
import { startNeon } from "../../local/neon.ts";
import { callsContaining, injectFault } from "../support/postgres.ts";
import { type Neon, promisesOfNeon } from "./neon.suite.ts";

const endpoint = inject("neonUrl");
const connectionString = inject("vars").DATABASE_URL ?? "";

const { CONTRACT_DATABASE_URL } = process.env;
const services: [string, Neon][] = [
  ["The local Neon over the embedded Postgres", { connectionString, start: startEmbedded }],
];
if (process.env.LOCAL_POSTGRES_URL) {
  const start = async () => ({ endpoint });
  services.push(["The local Neon over a real server", { connectionString, start }]);
}
if (CONTRACT_DATABASE_URL) {
  services.push(["Neon itself", { connectionString: CONTRACT_DATABASE_URL }]);
}

/** One of this suite's own, in memory. */
async function startEmbedded() {
  const { url, close } = await startNeon({ copyOf: inject("emptyPostgres") });
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

describe("what only the stand-in has", () => {
  it("insists on the connection string, as Neon does", async () => {
    expect((await send("SELECT 1", [], {})).status).toBe(400);
  });

  it("has nothing at another address", async () => {
    expect((await fetch(new URL("/other", endpoint), { method: "POST" })).status).toBe(404);
  });

  it("shows the calls that hold a text, in order, with their times", async () => {
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

  it("spares what a fault does not name, and everything once it is taken away", async () => {
    const mark = crypto.randomUUID();
    const remove = await injectFault({ contains: mark, times: 2, kind: "status", status: 429 });
    expect((await send("SELECT 1", [])).status).toBe(200);
    expect((await send("SELECT $1::text", [mark])).status).toBe(429);
    await remove();
    expect((await send("SELECT $1::text", [mark])).status).toBe(200);
  });

  it("can lose the answer of what it has done", async () => {
    const table = `lost_${crypto.randomUUID().replaceAll("-", "")}`;
    await injectFault({ contains: table, times: 1, kind: "cut_after_commit" });
    await expect(send(`CREATE TABLE ${table} ()`, [])).rejects.toThrow("fetch failed");
    expect((await send(`DROP TABLE ${table}`, [])).status).toBe(200);
  });
});
