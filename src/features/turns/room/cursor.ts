/** Where in the log a reader begins. */
import type { LiveTurn } from "./live-turn.ts";
import type { EventLog } from "./event-log.ts";

/**
 * The id after which the rest of the turn that holds an event is read; without one, the running turn from
 * its start.
 */
export function cursorOf(
  log: EventLog,
  live: LiveTurn | undefined,
  after: number | undefined,
): number | "nothing" | "unknown_id" {
  if (after === undefined) return live ? live.firstId - 1 : "nothing";
  if (!log.hasIssued(after)) return "unknown_id";
  const turn = log.turns.holding(after);
  return !turn || (turn.lastId > 0 && after >= turn.lastId) ? "nothing" : after;
}

/** Where a socket begins: a running turn is told from its start, else nothing until the next. */
export function socketCursorOf(log: EventLog, live: LiveTurn | undefined): number {
  return live ? live.firstId - 1 : log.lastId;
}
