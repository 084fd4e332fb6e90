/**
 * Prometheus' text format. Pure.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import type { Family, Sample } from "./families.ts";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Every family, also one without samples. */
export function renderMetrics(
  families: Record<string, Pick<Family, "help" | "labels">>,
  samples: readonly Sample[],
): string {
  const byFamily = Map.groupBy(samples, ({ family }) => family);
  const blocks = Object.entries(families).map(([name, { help, labels }]) => {
    const lines = (byFamily.get(name) ?? []).map((sample) => toLine(name, labels, sample));
    return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines].join("\n");
  });
  return `${blocks.join("\n")}\n`;
}

function toLine(name: string, labels: readonly string[], sample: Sample): string {
  const pairs = labels.map((label, index) => `${label}="${escaped(sample.labels[index] ?? "")}"`);
  const shown = pairs.length > 0 ? `{${pairs.join(",")}}` : "";
  return `${name}${shown} ${Number(sample.value)}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
