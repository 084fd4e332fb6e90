/** What Cloudflare does each minute, done now. */
import { expect } from "vitest";

/** Fires the cron of a Worker, and waits for its end. */
export async function fireCron(url: string): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`);
  expect({ status: response.status, outcome: await response.text() }).toEqual({
    status: 200,
    outcome: "ok",
  });
}
