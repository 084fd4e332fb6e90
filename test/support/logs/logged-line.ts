/** A log line of a Worker, which is printed after the response that it is about. */
import { until } from "../until.ts";

/** Waits for a line that holds all of the texts; returns the newest. Throws where there never is one. */
export function loggedLine(
  worker: { logs(): string[] },
  ...texts: readonly string[]
): Promise<string> {
  const holdsAll = (line: string) => texts.every((text) => line.includes(text));
  return until(async () => worker.logs().findLast(holdsAll));
}
