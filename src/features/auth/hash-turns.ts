/**
 * Hashing takes turns: one password at a time per isolate. A hash keeps the thread busy for a tenth of a
 * second and holds 19 MiB, so that twenty at once would silence every stream of the isolate.
 */
import { type Clock, delay, nextTask } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";

export type HashTurns = {
  /**
   * Runs the work once its turn has come; it calls `stillHere` at least once a second. Throws
   * `too_many_password_checks` when the queue is full.
   */
  take<T>(work: (stillHere: () => void) => Promise<T>): Promise<T>;
};

export type HashTurnsOptions = {
  /** How many may hash or wait. */
  capacity: number;
  /** How often a waiting request looks whether its turn has come. */
  pollMs: number;
  /** How long others are served between two hashes: what arrived during one takes several steps to answer. */
  restMs: number;
  /** A request that was silent for so long has lost its client. */
  goneMs: number;
};

const RETRY_AFTER_SECONDS = 7;

/**
 * A queue in order of arrival. Requests poll instead of waiting for one another's promises: the code of a
 * client that left is frozen without an exception, so that it would never pass the turn on.
 */
export function createHashTurns(clock: Clock, options: HashTurnsOptions): HashTurns {
  const { capacity, pollMs, restMs, goneMs } = options;
  /** When each request was last seen. The first one has the turn. */
  const seenAt = new Map<symbol, number>();
  let restsUntil = 0;

  function dropGone(): void {
    const oldest = clock() - goneMs;
    for (const [ticket, at] of seenAt) if (at < oldest) seenAt.delete(ticket);
  }

  function hasTurn(ticket: symbol): boolean {
    seenAt.set(ticket, clock());
    dropGone();
    return clock() >= restsUntil && seenAt.keys().next().value === ticket;
  }

  /** Cloudflare's clock stands still while code runs: it has to wait for something to read the end of a hash. */
  async function rest(): Promise<void> {
    await nextTask();
    restsUntil = clock() + restMs;
  }

  return {
    async take(work) {
      dropGone();
      if (seenAt.size >= capacity) throw refusal(capacity);
      const ticket = Symbol("ticket");
      try {
        while (!hasTurn(ticket)) await delay(pollMs);
        const result = await work(() => seenAt.set(ticket, clock()));
        await rest();
        return result;
      } finally {
        seenAt.delete(ticket);
      }
    },
  };
}

/** The bound as draft-ietf-httpapi-ratelimit-headers writes it: not of one client, but of all at once. */
function refusal(capacity: number): Problem {
  const headers = {
    "retry-after": String(RETRY_AFTER_SECONDS),
    ratelimit: `"passwords";r=0;t=${RETRY_AFTER_SECONDS}`,
    "ratelimit-policy": `"passwords";q=${capacity};qu="concurrent-requests"`,
  };
  return new Problem("too_many_password_checks", { headers });
}
