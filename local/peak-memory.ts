/** How much memory this process has taken. */
import { existsSync, readFileSync } from "node:fs";

const STATUS = "/proc/self/status";

/**
 * The most that was resident so far, in MiB. Where the machine tells it, without what the parent had: of that
 * a process is a copy until it runs its own program, and `maxRSS` counts it.
 */
export function peakMiB(): number {
  if (!existsSync(STATUS)) return process.resourceUsage().maxRSS / 1024;
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(STATUS, "utf8")) ?? [];
  return Number(kib) / 1024;
}
