import { afterEach, expect, it } from "vitest";
import { startCron } from "../../local/dev/cron.ts";
import { listen, type RunningServer } from "../../local/http-server.ts";

const KEY = "a-key";

let server: RunningServer | undefined;
afterEach(() => server?.close());

/** A Worker that answers with these statuses, then with the last; and its requests. */
async function workerAnswering(...statuses: number[]) {
  const asked: string[] = [];
  const waiting = new Map<number, () => void>();
  server = await listen(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.statusCode = statuses[asked.length - 1] ?? statuses.at(-1) ?? 200;
    response.end("ok");
    waiting.get(asked.length)?.();
  });
  const times = (count: number) =>
    new Promise<void>((resolve) => {
      if (asked.length >= count) resolve();
      else waiting.set(count, resolve);
    });
  return { url: server.origin, asked, times };
}

it("The local cron calls the Worker every minute, and prints nothing", async () => {
  const { url, asked, times } = await workerAnswering(200);
  const complaints: unknown[] = [];
  const stop = startCron({ url, key: KEY }, (error) => complaints.push(error), 5);
  await times(3);
  await stop();
  expect(new Set(asked)).toEqual(new Set(["GET /cdn-cgi/local/scheduled?cron=a-key"]));
  expect(complaints).toEqual([]);
});

it("A failed cron run is reported, and the next one runs all the same", async () => {
  const { url, times } = await workerAnswering(500, 200);
  const complaints: unknown[] = [];
  const stop = startCron({ url, key: KEY }, (error) => complaints.push(error), 5);
  await times(3);
  await stop();
  expect(String(complaints[0])).toContain("failed with 500");
  expect(complaints).toHaveLength(1);
});

it("A stopped cron prints nothing, also about the call that it aborted", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  server = await listen(async () => resolve());
  const complaints: unknown[] = [];
  const stop = startCron({ url: server.origin, key: KEY }, (error) => complaints.push(error), 5);
  await asked;
  await stop();
  await server.close();
  server = undefined;
  expect(complaints).toEqual([]);
});
