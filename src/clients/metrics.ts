/** The only file that writes to Workers Analytics Engine: data points whose columns docs/monitoring.md lists. */
import { logError, nameOf } from "../lib/log.ts";

/** What happened, once; absent numbers are 0, absent labels empty. */
type Measurement = {
  kind: "request" | "job" | "alarm" | "turn" | "minute" | "provider_error";
  /** The route, the step of a job, the model, or the count of a minute. */
  name?: string | undefined;
  /** A status, or how it ended. */
  outcome?: string | undefined;
  problem?: string | undefined;
  provider?: string | undefined;
  durationMs?: number | undefined;
  dbMs?: number | undefined;
  storageMs?: number | undefined;
  providerMs?: number | undefined;
  firstTokenMs?: number | undefined;
  /** Of the time to the first token what the provider did not take. */
  overheadMs?: number | undefined;
  promptTokens?: number | undefined;
  completionTokens?: number | undefined;
  queueAgeMs?: number | undefined;
  /** Calls whose price is unknown. */
  unpriced?: number | undefined;
  attempts?: number | undefined;
  /** Of a minute's counts. */
  count?: number | undefined;
};

export type Metrics = {
  /** Never throws, and awaits nothing. */
  write(measurement: Measurement): void;
};

/** Without a data set, writes nothing. */
export function createMetrics(dataset: AnalyticsEngineDataset | undefined): Metrics {
  return {
    write: (measurement) => {
      try {
        dataset?.writeDataPoint(toDataPoint(measurement));
      } catch (error) {
        logError("metrics_failed", { cause: nameOf(error) });
      }
    },
  };
}

/** The columns in their order, which is part of the stored data: new ones come last. */
const BLOBS = ["kind", "name", "outcome", "problem", "provider"] as const;
const DOUBLES = [
  "durationMs",
  "dbMs",
  "storageMs",
  "providerMs",
  "firstTokenMs",
  "promptTokens",
  "completionTokens",
  "queueAgeMs",
  "unpriced",
  "attempts",
  "count",
  "overheadMs",
] as const;

/** The index is the kind: data points are sampled by it, so that many requests displace no turns. */
export function toDataPoint(measurement: Measurement) {
  return {
    indexes: [measurement.kind],
    blobs: BLOBS.map((name) => measurement[name] ?? ""),
    doubles: DOUBLES.map((name) => measurement[name] ?? 0),
  };
}
