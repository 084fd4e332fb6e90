/** Requests at once, of which one begins a turn that the test holds. */
import type { Answer } from "./client.ts";
import { release } from "./provider.ts";
import { until } from "./until.ts";

/** Lets the held turn go on once so many of the requests were refused; all answers, in their order. */
export async function releaseAfterRefusals(
  requests: Promise<Answer>[],
  refused: number,
  marker: string,
): Promise<Answer[]> {
  let count = 0;
  for (const sent of requests) void sent.then(({ status }) => (count += status === 200 ? 0 : 1));
  await until(async () => count === refused);
  await release(marker);
  return Promise.all(requests);
}
