/** Concurrent requests, one of which begins a turn that the test holds. */
import type { ApiResponse } from "./client.ts";
import { release } from "./provider.ts";
import { until } from "./until.ts";

/** Releases the held turn once this many of the requests were refused; returns all responses, in order. */
export async function releaseAfterRefusals(
  requests: Promise<ApiResponse>[],
  refused: number,
  marker: string,
): Promise<ApiResponse[]> {
  let count = 0;
  for (const sent of requests) void sent.then(({ status }) => (count += status === 200 ? 0 : 1));
  await until(async () => count === refused);
  await release(marker);
  return Promise.all(requests);
}
