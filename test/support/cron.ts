/** Runs what Cloudflare runs each minute. */
import { expect } from "vitest";
import { until } from "./until.ts";
import type { RunningWorker } from "./worker.ts";

/** Fires the cron of a Worker, and waits for its end. */
export async function fireCron(url: string): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`);
  expect({ status: response.status, outcome: await response.text() }).toEqual({
    status: 200,
    outcome: "ok",
  });
}

/** Fires the cron of a Worker that nothing else fires; resolves to its log line. */
export type Minute = () => Promise<Record<string, unknown>>;

/**
 * Fires the cron of one Worker. The log arrives through a pipe after the response, so each call waits until
 * there are as many lines as runs; otherwise it would read the line of another run.
 */
export function minuteOf(worker: RunningWorker): Minute {
  let fired = 0;
  const lines = () => worker.logs().filter((line) => line.includes('"event":"minute"'));
  return async () => {
    fired += 1;
    const count = fired;
    await fireCron(worker.url);
    const line = await until(async () => lines().length >= count && lines().at(-1));
    return JSON.parse(line) as Record<string, unknown>;
  };
}
