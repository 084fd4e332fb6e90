/**
 * Hashes one password at a time per isolate. A hash blocks the thread for 100 ms and takes 19 MiB: twenty
 * at once would stall every stream of the isolate.
 */
import { concurrencyHeaders } from "../../http/rate-limit.ts";
import { type Clock, delay, nextTask } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";

export type HashQueue = {
  /**
   * Runs the work when it is first in the queue; it must call `keepAlive` at least once a second. Throws
   * `too_many_password_checks` when the queue is full.
   */
  run<T>(work: (keepAlive: () => void) => Promise<T>): Promise<T>;
};

type HashQueueOptions = {
  /** How many requests may hash or wait. */
  capacity: number;
  /** How often a waiting request checks whether it is first. */
  pollMs: number;
  /** The pause between two hashes, in which the isolate serves other requests. */
  pauseMs: number;
  /** A request without a sign of life for this long has lost its client. */
  abandonedMs: number;
};

const RETRY_AFTER_SECONDS = 7;

/**
 * A queue in order of arrival. Requests poll instead of awaiting each other's promises: when a client
 * disconnects, the runtime freezes its request without an exception, so its promise would never settle.
 */
export function createHashQueue(clock: Clock, options: HashQueueOptions): HashQueue {
  const { capacity, pollMs, pauseMs, abandonedMs } = options;
  /** When each request last gave a sign of life, in order of arrival. */
  const seenAt = new Map<symbol, number>();
  let pausedUntil = 0;

  function dropAbandoned(): void {
    const oldest = clock() - abandonedMs;
    for (const [ticket, at] of seenAt) if (at < oldest) seenAt.delete(ticket);
  }

  function isFirst(ticket: symbol): boolean {
    seenAt.set(ticket, clock());
    dropAbandoned();
    return clock() >= pausedUntil && seenAt.keys().next().value === ticket;
  }

  /** Cloudflare's clock only advances with I/O: wait for a task before reading it. */
  async function pause(): Promise<void> {
    await nextTask();
    pausedUntil = clock() + pauseMs;
  }

  return {
    async run(work) {
      dropAbandoned();
      if (seenAt.size >= capacity) throw refusal(capacity);
      const ticket = Symbol("ticket");
      try {
        while (!isFirst(ticket)) await delay(pollMs);
        const result = await work(() => seenAt.set(ticket, clock()));
        await pause();
        return result;
      } finally {
        seenAt.delete(ticket);
      }
    },
  };
}

/** The limit is shared by all clients. */
function refusal(capacity: number): Problem {
  const headers = concurrencyHeaders("passwords", capacity, RETRY_AFTER_SECONDS);
  return new Problem("too_many_password_checks", { headers });
}
