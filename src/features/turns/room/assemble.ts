/** The parts of a room, and how they know of each other. */
import type { Deps } from "../../../deps.ts";
import { RoomAlarm } from "./alarm.ts";
import { Beginnings } from "./beginnings.ts";
import { FileNews } from "./file-news.ts";
import { LateTitles } from "./late-titles.ts";
import { LostTurns } from "./recovery.ts";
import { Readers } from "./sse-subscribers.ts";
import { TurnLog } from "./event-log.ts";
import { TurnRunner } from "./turn-runner.ts";

export type RoomParts = ReturnType<typeof assembleRoom>;

export function assembleRoom(ctx: DurableObjectState, deps: Deps) {
  const log = new TurnLog(ctx.storage.sql);
  const titles = new LateTitles(ctx.storage.sql, deps);
  const beginning = new Beginnings(log.turns);
  const fileNews = new FileNews();
  const readers = new Readers(ctx, deps, log);
  const runner = new TurnRunner(
    {
      log,
      titles,
      news: fileNews,
      waitUntil: (promise) => ctx.waitUntil(promise),
      notify: () => readers.notify(),
      schedule: () => alarm.schedule(),
    },
    deps,
  );
  const isRun = (id: string) => runner.live?.answerId === id || beginning.has(id);
  const lost = new LostTurns({ log, titles, isRun }, deps);
  const isLive = () => runner.live !== undefined;
  const alarm = new RoomAlarm(ctx.storage, { turns: log.turns, titles, lost, isLive }, deps);
  return { deps, log, titles, beginning, fileNews, readers, runner, lost, alarm };
}
