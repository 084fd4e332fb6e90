/** What a running turn writes down about itself, so that a crash can be settled. */
import { type RunningCheckpoint, serializeCheckpoint } from "./checkpoint.ts";
import type { TurnTable } from "./turn-table.ts";

/** Takes note of more and more of what is known of a turn; before anything leaves the room because of it. */
export function checkpointsOf(turns: TurnTable, answerId: string, first: RunningCheckpoint) {
  let record = first;
  return (known: Partial<RunningCheckpoint>): void => {
    record = { ...record, ...known };
    turns.update(answerId, serializeCheckpoint({ running: record }));
  };
}
