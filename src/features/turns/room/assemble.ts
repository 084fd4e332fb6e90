/** The parts of a room, and how they know of each other. */
import type { Deps } from "../../../deps.ts";
import { RoomAlarm } from "./alarm.ts";
import { PendingTurns } from "./pending-turns.ts";
import { FileChangeSignal } from "./file-changes.ts";
import { LateTitles } from "./late-titles.ts";
import { Recovery } from "./recovery.ts";
import { SseSubscribers } from "./sse-subscribers.ts";
import { EventLog } from "./event-log.ts";
import { TurnRunner } from "./turn-runner.ts";

export type RoomParts = ReturnType<typeof assembleRoom>;

export function assembleRoom(ctx: DurableObjectState, deps: Deps) {
  const log = new EventLog(ctx.storage.sql);
  const titles = new LateTitles(ctx.storage.sql, deps);
  const beginning = new PendingTurns(log.turns);
  const fileChanges = new FileChangeSignal();
  const subscribers = new SseSubscribers(ctx, deps, log);
  const runner = new TurnRunner(
    {
      log,
      titles,
      waitUntil: (promise) => ctx.waitUntil(promise),
      notify: () => subscribers.notify(),
      schedule: () => alarm.schedule(),
    },
    deps,
  );
  const isRun = (id: string) => runner.live?.answerId === id || beginning.has(id);
  const lost = new Recovery({ log, titles, isRun }, deps);
  const isLive = () => runner.live !== undefined;
  const alarm = new RoomAlarm(ctx.storage, { turns: log.turns, titles, lost, isLive }, deps);
  return { deps, log, titles, beginning, fileChanges, readers: subscribers, runner, lost, alarm };
}
