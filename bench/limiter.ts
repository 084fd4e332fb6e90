/**
 * `npm run bench:limiter`: what counting a request costs. The same Worker with its limits lifted and with limits that
 * are never reached, in turns, because machines are noisy.
 */
import { call, now } from "./client.ts";
import { startPostgres, startScript, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";
import { measureRequests } from "./requests.ts";

const ROUNDS = 5;
const CALLS = 200;
const QUOTA = [{ count: 1_000_000, seconds: 10 }];

async function main(): Promise<void> {
  const postgresUrl = await startPostgres();
  const provider = await startScript<{ url: string }>("provider.ts");
  const neon = await startScript<{ url: string; connectionString: string }>("neon.ts", postgresUrl);
  const vars = varsOf(neon, provider);
  const products = {
    "limits lifted": await startProduct(vars, "lifted@example.com"),
    counted: await startProduct({ ...vars, LIMITS: JSON.stringify({ api: QUOTA }) }),
  };
  const latencies: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, product] of Object.entries(products)) {
      (latencies[name] ??= []).push(...(await measureLatencies(product)));
    }
  }
  for (const [name, product] of Object.entries(products)) {
    const { perSecond: rate } = await measureRequests(
      product,
      "GET",
      `${product.url}/users/me`,
      product.headers,
    );
    const figures = `${median(latencies[name] ?? []).toFixed(2)} ms (median), ${rate.toFixed(0)} a second at 20 connections`;
    say(`GET /users/me, ${name}: ${figures}`);
  }
}

/** Milliseconds of one call after the other. */
async function measureLatencies({ url, headers }: Product): Promise<number[]> {
  const times: number[] = [];
  for (let done = 0; done < CALLS; done++) {
    const startedAt = now();
    await call("GET", `${url}/users/me`, headers);
    times.push(now() - startedAt);
  }
  return times;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

try {
  await main();
} finally {
  await stopAll();
}
process.exit(0);
