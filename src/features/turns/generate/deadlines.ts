/** The deadlines of a turn: one for all of it, and within that the timeouts of what a provider sends. */
import type { TurnLimits } from "../../../env.ts";
import type { Clock } from "../../../lib/clock.ts";

/** Until when the parts of a turn may take, in milliseconds since the epoch. */
export type TurnDeadline = {
  /** Gathering its documents, and the provider's answer. */
  answer: number;
  /** Looking up its quotations too. */
  citations: number;
  /** Saving it, and its title, too: the last event. */
  end: number;
};

/** The share of a turn that is set aside for what comes after the answer. */
const RESERVED_SHARE = 1 / 20;

/** One deadline for the whole turn, of which the answer leaves enough for what comes after it. */
export function turnDeadline(
  startedAt: number,
  { total_ms, watchdog_ms }: Pick<TurnLimits, "total_ms" | "watchdog_ms">,
): TurnDeadline {
  const end = startedAt + total_ms;
  const reservedMs = Math.min(watchdog_ms, total_ms * RESERVED_SHARE);
  return { answer: end - reservedMs, citations: end - reservedMs / 2, end };
}

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
