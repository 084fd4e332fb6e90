/** Prometheus' own check of metrics, by its `promtool`, where that is installed. */
import { execFile } from "node:child_process";

/** What promtool finds wrong with a text of metrics: empty where nothing is, undefined without a promtool. */
export function promtoolFaults(metrics: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = execFile("promtool", ["check", "metrics"], (error, output, faults) => {
      if (error?.code === "ENOENT") resolve(undefined);
      // Its exit code alone says whether it has found anything.
      else if (typeof error?.code === "number" || !error) resolve(error ? output + faults : "");
      else reject(error);
    });
    // Of a program that is missing, the pipe is broken.
    child.stdin?.on("error", () => undefined).end(metrics);
  });
}
