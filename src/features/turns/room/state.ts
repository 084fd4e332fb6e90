/** The life of a turn as its room sees it. Pure. */

/**
 * - `running`: committed in Postgres, or about to be; events are emitted
 * - `saving`: the answer has ended, but Postgres did not take it at once: the alarm will try again
 * - `ended`: Postgres has it; the log is kept for subscribers who come late
 * - `abandoned`: Postgres refused it for good, also reduced to its minimum: the minute ends its row
 */
export type TurnState = "running" | "saving" | "ended" | "abandoned";

const NEXT: Record<TurnState, readonly TurnState[]> = {
  running: ["saving", "ended", "abandoned"],
  saving: ["ended", "abandoned"],
  ended: [],
  abandoned: [],
};

/** The states from which a turn may go there. */
export function statesBefore(to: TurnState): TurnState[] {
  return STATES.filter((from) => NEXT[from].includes(to));
}

const STATES = ["running", "saving", "ended", "abandoned"] as const;
