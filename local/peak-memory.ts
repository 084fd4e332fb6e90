/** How much memory a process used. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * The peak of resident memory, in MiB. On Linux without that of the parent: until it runs its own program,
 * a process is a copy of its parent, which `maxRSS` counts. NaN for another process where the machine does
 * not report it.
 */
export function peakMiB(pid: number | "self" = "self"): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) {
    return pid === "self" ? process.resourceUsage().maxRSS / 1024 : Number.NaN;
  }
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(status, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** Resets the peak of a process to its current memory (proc_pid_clear_refs(5)). */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
