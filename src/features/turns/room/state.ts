/** The life of a turn as its room sees it. Pure. */

/**
 * - `running`: committed in Postgres, or about to be; events are told
 * - `saving`: the answer has ended, but Postgres did not take it at once: the alarm will try again
 * - `ended`: Postgres has it; the log is kept for readers who come late
 */
export type TurnState = "running" | "saving" | "ended";

const NEXT: Record<TurnState, readonly TurnState[]> = {
  running: ["saving", "ended"],
  saving: ["ended"],
  ended: [],
};

/** The states from which a turn may go there. */
export function statesBefore(to: TurnState): TurnState[] {
  return STATES.filter((from) => NEXT[from].includes(to));
}

const STATES = ["running", "saving", "ended"] as const;
