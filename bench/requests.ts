/** As many plain requests as fit into a fixed time. */
import { call, now } from "./client.ts";

const CONNECTIONS = 20;
const WHILE_MS = 3_000;

export type Measured = { perSecond: number; /** CPU of the process. */ cpuMsEach: number };

/** Requests over 20 connections to a process. */
export async function measureRequests(
  { cpuMs }: { cpuMs: () => number | undefined },
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Measured> {
  const startedAt = now();
  const cpuBefore = cpuMs() ?? Number.NaN;
  let done = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (now() - startedAt < WHILE_MS) {
        await call(method, url, headers, body);
        done++;
      }
    }),
  );
  const cpuMsEach = ((cpuMs() ?? Number.NaN) - cpuBefore) / done;
  return { perSecond: (done * 1_000) / (now() - startedAt), cpuMsEach };
}
