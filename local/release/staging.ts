/**
 * The configuration of a staging Worker beside the production one, made from `wrangler.toml`. Environments of wrangler
 * inherit no bindings, so that each would need a copy of them, which would become outdated.
 */
import type { Unstable_RawConfig as RawConfig } from "wrangler";

/** What belongs to the Worker alone: staging may have the same. */
const COPIED = new Set<string>([
  "$schema",
  "main",
  "compatibility_date",
  "compatibility_flags",
  "send_metrics",
  "observability",
  "limits",
  "triggers",
  "build",
  "assets",
  "durable_objects",
  "migrations",
  "rules",
  "find_additional_modules",
  "no_bundle",
  "base_dir",
  "placement",
  "version_metadata",
] satisfies (keyof RawConfig)[]);

/** Addresses and values of production: staging has its own, set as secrets, at its address under workers.dev. */
const LEFT_OUT = new Set<string>([
  "vars",
  "route",
  "routes",
  "workers_dev",
  "preview_urls",
] satisfies (keyof RawConfig)[]);

/** What is shared by all Workers of an account is renamed, each kind in its own way. */
const RENAMED: {
  [Key in keyof RawConfig]?: (value: NonNullable<RawConfig[Key]>) => RawConfig[Key];
} = {
  name: suffixed,
  queues: ({ producers, consumers }) => ({
    ...(producers && {
      producers: producers.map((each) => ({ ...each, queue: suffixed(each.queue) })),
    }),
    ...(consumers && { consumers: consumers.map(renameConsumer) }),
  }),
  analytics_engine_datasets: (datasets) =>
    datasets.map(({ dataset, ...rest }) => ({
      ...rest,
      dataset: `${dataset ?? rest.binding}_staging`,
    })),
  // Counters of the same namespace are shared.
  ratelimits: (limits) =>
    limits.map((each) => ({ ...each, namespace_id: `9${each.namespace_id}` })),
};

type Consumer = NonNullable<NonNullable<RawConfig["queues"]>["consumers"]>[number];

function renameConsumer({ dead_letter_queue: dead, ...consumer }: Consumer): Consumer {
  const renamed = { ...consumer, queue: suffixed(consumer.queue) };
  return dead === undefined ? renamed : { ...renamed, dead_letter_queue: suffixed(dead) };
}

function suffixed(name: string | undefined): string {
  if (name === undefined) throw new Error("wrangler.toml has a Worker or a queue without a name.");
  return `${name}-staging`;
}

/** Throws for a part that this file does not know: staging must never share production's data by accident. */
export function toStaging(config: RawConfig): RawConfig {
  const parts = Object.entries(config).filter(([key]) => !LEFT_OUT.has(key));
  return {
    ...Object.fromEntries(parts.map(([key, value]) => [key, stage(key, value)])),
    workers_dev: true,
  };
}

function stage(key: string, value: unknown): unknown {
  const rename = RENAMED[key as keyof RawConfig] as ((value: unknown) => unknown) | undefined;
  if (rename) return rename(value);
  if (COPIED.has(key) && !JSON.stringify(value).includes('"script_name"')) return value;
  throw new Error(
    `wrangler.toml has [${key}], of which local/release/staging.ts does not know what staging gets.`,
  );
}
