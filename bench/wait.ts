/** Waiting, and ports. */
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 100;
const PATIENCE_MS = 20_000;

/** Tries until it succeeds. */
export async function until(attempt: () => Promise<unknown>): Promise<void> {
  const endsAt = Date.now() + PATIENCE_MS;
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

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
