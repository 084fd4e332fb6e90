/** The queues of a wrangler configuration: each that is sent to has a consumer, and so has each dead-letter queue. */
import type { Unstable_RawConfig as RawConfig } from "wrangler";
import { broken, type Finding, ok } from "./finding.ts";

const PART = "queues";

/** Whether they exist at Cloudflare, `wrangler deploy` checks. */
export function checkQueues({ queues }: Pick<RawConfig, "queues">): Finding[] {
  const producers = queues?.producers ?? [];
  const consumers = queues?.consumers ?? [];
  const consumed = new Set(consumers.map(({ queue }) => queue));
  const deadLettered = consumers.flatMap(({ dead_letter_queue: name }) => name ?? []);
  const needed = [...new Set([...producers.flatMap(({ queue }) => queue ?? []), ...deadLettered])];
  const unread = needed.filter((name) => !consumed.has(name));
  if (unread.length > 0) return unread.map(noConsumer);
  return [ok(PART, `wrangler.toml has a consumer for each of ${needed.join(", ")}.`)];
}

function noConsumer(name: string): Finding {
  const mend = "Add it under [[queues.consumers]] in wrangler.toml.";
  return broken(PART, `wrangler.toml has no consumer for ${name}.`, mend);
}
