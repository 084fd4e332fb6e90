/** Writing the end of a turn until Postgres has it. */
import { delay } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/**
 * Calls `save` again and again, with growing pauses, for as long as readers are kept waiting. Its
 * value, or "delayed" when it did not succeed in that time. `onFailure` is told of the first failure.
 */
export async function saveWithin<T>(
  budgetMs: number,
  clock: () => number,
  save: () => Promise<T>,
  onFailure: () => void = () => {},
): Promise<T | "delayed"> {
  const endsAt = clock() + budgetMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await save();
    } catch (error) {
      if (pauseMs === FIRST_PAUSE_MS) onFailure();
      logError("save_failed", { name: error instanceof Error ? error.name : typeof error });
    }
    if (clock() + pauseMs > endsAt) return "delayed";
    await delay(pauseMs);
  }
}

/** How long the alarm waits before it tries again, after so many tries. */
export function retryDelayMs(tries: number): number {
  return Math.min(1_000 * 2 ** tries, LONGEST_RETRY_MS);
}
