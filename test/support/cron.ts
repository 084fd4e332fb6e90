/** Runs what Cloudflare runs each minute. */
import { expect } from "vitest";
import { until } from "./until.ts";
import type { RunningWorker } from "./worker.ts";

/** Fires the cron of a Worker, and waits for its end. `time`: what it is scheduled for. */
export async function fireCron(url: string, time = Date.now()): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*&time=${time}`);
  expect({ status: response.status, outcome: await response.text() }).toEqual({
    status: 200,
    outcome: "ok",
  });
}

/** Fires the cron of a Worker; resolves to its log line. */
export type Minute = () => Promise<Record<string, unknown>>;

/**
 * Fires the cron of one Worker. The log arrives through a pipe after the response, so each run has a time of its
 * own, by which its line is known.
 */
export function minuteOf(worker: RunningWorker): Minute {
  let last = 0;
  return async () => {
    last = Math.max(Date.now(), last + 1);
    const own = `"event":"minute","scheduled_at":"${new Date(last).toISOString()}"`;
    await fireCron(worker.url, last);
    const line = await until(async () => worker.logs().find((logged) => logged.includes(own)));
    return JSON.parse(line) as Record<string, unknown>;
  };
}
