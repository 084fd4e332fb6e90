/** The three timeouts of an answer: for the first token, for the next one, and for all of it. */
import type { TurnLimits } from "../../../env.ts";
import type { Clock } from "../../../lib/clock.ts";

export type Deadlines = {
  /** The first token is still to come, but the provider is at work: the wait for it begins anew. */
  waited(): void;
  progressed(): void;
  clear(): void;
};

/**
 * Calls `expire` once when one of them runs out. A single timer that looks at the time of the last
 * progress, and not one per token.
 */
export function startDeadlines(limits: TurnLimits, clock: Clock, expire: () => void): Deadlines {
  const endsAt = clock() + limits.total_ms;
  let dueAt = clock() + limits.first_token_ms;
  let timer = setTimeout(check, untilDue());

  function untilDue(): number {
    return Math.max(Math.min(dueAt, endsAt) - clock(), 0);
  }

  function check(): void {
    if (untilDue() === 0) expire();
    else timer = setTimeout(check, untilDue());
  }

  return {
    waited: () => {
      dueAt = clock() + limits.first_token_ms;
    },
    progressed: () => {
      dueAt = clock() + limits.progress_ms;
    },
    clear: () => clearTimeout(timer),
  };
}
