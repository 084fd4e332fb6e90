/** When a room is to wake by itself. */
import type { TurnLimits } from "../../../env.ts";
import type { LateTitles } from "./late-titles.ts";
import type { LostTurns } from "./lost-turns.ts";
import { retryDelayMs } from "./save.ts";
import type { TurnTable } from "./turn-table.ts";

type Room = {
  turns: Pick<TurnTable, "summary">;
  titles: Pick<LateTitles, "isEmpty">;
  lost: Pick<LostTurns, "tries">;
  isLive: boolean;
};

/** The earliest of watchdog, retry and pruning; undefined where there is nothing to do. */
export function nextAlarm(
  { turns, titles, lost, isLive }: Room,
  { watchdog_ms, log_kept_ms }: TurnLimits,
  now: number,
): number | undefined {
  const times: number[] = [];
  const { firstEnd, unfinished } = turns.summary();
  if (firstEnd !== null) times.push(firstEnd + log_kept_ms);
  if (unfinished > 0 || !titles.isEmpty) {
    times.push(now + (isLive || lost.tries === 0 ? watchdog_ms : retryDelayMs(lost.tries)));
  }
  return times.length > 0 ? Math.min(...times) : undefined;
}
