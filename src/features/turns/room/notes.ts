/** What a running turn writes down about itself, so that a crash can be settled. */
import { type RunningRecord, writeRecord } from "./checkpoint.ts";
import type { TurnTable } from "./turn-table.ts";

/** Takes note of more and more of what is known of a turn; before anything leaves the room because of it. */
export function notesOf(turns: TurnTable, answerId: string, first: RunningRecord) {
  let record = first;
  return (known: Partial<RunningRecord>): void => {
    record = { ...record, ...known };
    turns.update(answerId, writeRecord({ running: record }));
  };
}
