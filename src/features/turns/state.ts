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

/** The state after a step; throws for a step that a turn cannot take. */
export function step(from: TurnState, to: TurnState): TurnState {
  if (!NEXT[from].includes(to)) throw new Error(`a turn cannot go from ${from} to ${to}`);
  return to;
}
