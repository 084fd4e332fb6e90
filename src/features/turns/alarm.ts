/** When a room is to wake by itself. */
import type { TurnLimits } from "../../env.ts";
import { retryDelayMs } from "./save.ts";
import type { TurnTable } from "./turn-table.ts";

type Now = { now: number; isLive: boolean; hasTitles: boolean; saveTries: number };

/** The earliest of watchdog, retry and pruning; undefined where there is nothing to do. */
export function nextAlarm(
  turns: TurnTable,
  { watchdog_ms, log_kept_ms }: TurnLimits,
  { now, isLive, hasTitles, saveTries }: Now,
): number | undefined {
  const times: number[] = [];
  const { firstEnd, unfinished } = turns.summary();
  if (firstEnd !== null) times.push(firstEnd + log_kept_ms);
  if (unfinished > 0 || hasTitles) {
    times.push(now + (isLive || saveTries === 0 ? watchdog_ms : retryDelayMs(saveTries)));
  }
  return times.length > 0 ? Math.min(...times) : undefined;
}
