/** The life of a turn as its room sees it. Pure. */

/**
 * - `beginning`: recorded in the room, perhaps committed in Postgres
 * - `running`: committed; the provider is asked, events are told
 * - `saving`: the answer has ended and is written to Postgres, or will be by alarm
 * - `ended`: Postgres has it; the log is kept for readers who come late
 */
export type TurnState = "beginning" | "running" | "saving" | "ended";

const NEXT: Record<TurnState, readonly TurnState[]> = {
  beginning: ["running", "saving"],
  running: ["saving"],
  saving: ["ended"],
  ended: [],
};

/** The state after a step; throws for a step that a turn cannot take. */
export function step(from: TurnState, to: TurnState): TurnState {
  if (!NEXT[from].includes(to)) throw new Error(`a turn cannot go from ${from} to ${to}`);
  return to;
}

/** True while a turn needs somebody: a live run, or the alarm that makes up for a lost one. */
export function isUnfinished(state: TurnState): boolean {
  return state !== "ended";
}
