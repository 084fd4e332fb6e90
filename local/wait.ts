/** Waiting for another process. */
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;
const TIMEOUT_MS = 20_000;

/** Tries until it succeeds. */
export async function until(attempt: () => Promise<unknown>): Promise<void> {
  const endsAt = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > endsAt) throw error;
    }
    await delay(POLL_MS);
  }
}
