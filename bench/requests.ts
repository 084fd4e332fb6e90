/** As many plain requests as fit into a fixed time. */
import { call, now } from "./client.ts";

const CONNECTIONS = 20;
const WHILE_MS = 3_000;

/** Requests per second over 20 connections. */
export async function measureRequests(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<number> {
  const startedAt = now();
  let done = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (now() - startedAt < WHILE_MS) {
        await call(method, url, headers, body);
        done++;
      }
    }),
  );
  return (done * 1_000) / (now() - startedAt);
}
