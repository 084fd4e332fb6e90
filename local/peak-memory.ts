/** How much memory a process has taken. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * The most that was resident so far, in MiB. Where the machine tells it, without what the parent had: of that
 * a process is a copy until it runs its own program, and `maxRSS` counts it. NaN for another process where
 * the machine does not tell.
 */
export function peakMiB(pid: number | "self" = "self"): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) {
    return pid === "self" ? process.resourceUsage().maxRSS / 1024 : Number.NaN;
  }
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(status, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** Lets the peak of a process begin anew at what it has now (proc_pid_clear_refs(5)). */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
