/** A usage report as CSV. */
import { toCsv } from "./csv.ts";
import type { UsageEntry } from "./schemas.ts";

export const CSV = "text/csv";

/** The response headers of a table. */
export const CSV_HEADERS = { "content-type": `${CSV}; charset=utf-8` };

const COLUMNS = [
  "key",
  "calls",
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "cost",
  "currency",
  "unpriced_calls",
  "estimated_calls",
] as const satisfies readonly (keyof UsageEntry)[];

/** The series as a table. */
export function toUsageCsv(series: readonly UsageEntry[]): string {
  return toCsv(COLUMNS, series);
}
