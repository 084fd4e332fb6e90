import { afterAll, beforeAll, expect, it } from "vitest";
import { listen, readText, type RunningServer, sendJson } from "../../local/http-server.ts";
import type { Fault } from "../support/faults/fault.ts";
import { type FaultProxy, startFaultProxy } from "../support/faults/fault-proxy.ts";

const TEXT = '{"text":"0123456789"}';

/** How often each body arrived at the upstream. */
const came = new Map<string, number>();
let upstream: RunningServer;
let proxy: FaultProxy;
beforeAll(async () => {
  upstream = await listen(async (request, response) => {
    const body = await readText(request);
    came.set(body, (came.get(body) ?? 0) + 1);
    sendJson(response, 200, { text: "0123456789" });
  });
  proxy = await startFaultProxy(upstream.origin);
});
afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

/** Sends one request with a fault: what the client receives, and how often the upstream was called. */
async function suffer(fault: Fault | undefined) {
  const body = crypto.randomUUID();
  const forget = proxy.plan(body, () => fault);
  const seen = await fetch(proxy.origin, { method: "POST", body })
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch(() => "no answer");
  forget();
  return { seen, times: came.get(body) ?? 0 };
}

it("A request without a fault passes through unchanged", async () => {
  expect(await suffer(undefined)).toEqual({ seen: { status: 200, text: TEXT }, times: 1 });
});

it("A request that is refused, stalled or answered by the proxy never arrives", async () => {
  expect(await suffer({ kind: "refuse" })).toEqual({ seen: "no answer", times: 0 });
  expect(await suffer({ kind: "stall", ms: 20 })).toEqual({ seen: "no answer", times: 0 });
  const { seen, times } = await suffer({ kind: "status", status: 503 });
  expect({ seen, times }).toMatchObject({ seen: { status: 503 }, times: 0 });
});

it("A request whose response is lost or cut takes effect all the same", async () => {
  expect(await suffer({ kind: "swallow" })).toEqual({ seen: "no answer", times: 1 });
  expect(await suffer({ kind: "cut", afterBytes: 5 })).toEqual({ seen: "no answer", times: 1 });
});

it("A corrupted response is not JSON, a delayed one arrives, a duplicated request runs twice", async () => {
  const text = TEXT.replace("0", "\0");
  const offset = TEXT.indexOf("0");
  expect(await suffer({ kind: "corrupt", atByte: offset })).toEqual({
    seen: { status: 200, text },
    times: 1,
  });
  const whole = { status: 200, text: TEXT };
  expect(await suffer({ kind: "delay", ms: 20 })).toEqual({ seen: whole, times: 1 });
  expect(await suffer({ kind: "duplicate" })).toEqual({ seen: whole, times: 2 });
});

it("A request that ends in an error of Postgres takes effect only where the fault says so", async () => {
  const error = { kind: "sql_error", status: 400, code: "" } as const;
  const refused = await suffer({ ...error, isDone: false });
  const lost = await suffer({ ...error, isDone: true });
  for (const { seen } of [refused, lost]) {
    expect(seen).toMatchObject({ status: 400, text: expect.stringContaining('"code":""') });
  }
  expect([refused.times, lost.times]).toEqual([0, 1]);
});

it("A plan counts only the requests that contain its marker", async () => {
  const marker = crypto.randomUUID();
  const numbers: number[] = [];
  proxy.plan(marker, (number) => void numbers.push(number));
  for (const body of [`1 ${marker}`, "another", `2 ${marker}`]) {
    await fetch(proxy.origin, { method: "POST", body });
  }
  expect(numbers).toEqual([1, 2]);
});
