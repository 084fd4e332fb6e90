/** The parts of a room, and how they depend on each other. */
import type { Deps } from "../../../deps.ts";
import { FileChangeSignal } from "../context/wait.ts";
import { RoomAlarm } from "./alarm.ts";
import { DurableReads } from "./durable-reads.ts";
import { EventLog } from "./event-log.ts";
import { LateTitles } from "./late-titles.ts";
import { PendingTurns } from "./pending-turns.ts";
import { Recovery } from "./recovery.ts";
import { SseSubscribers } from "./sse-subscribers.ts";
import { TurnStarter } from "./start-turn.ts";
import { RoomStorage } from "./storage.ts";
import { TurnRunner } from "./turn-runner.ts";
import { WarmPath } from "./warm-path.ts";

export type RoomParts = ReturnType<typeof assembleRoom>;

export function assembleRoom(ctx: DurableObjectState, deps: Deps) {
  const waitUntil = (promise: Promise<unknown>) => ctx.waitUntil(promise);
  const storage = new RoomStorage(ctx.storage);
  const log = new EventLog(storage);
  const titles = new LateTitles(storage, deps);
  const pending = new PendingTurns(log.turns);
  const fileChanges = new FileChangeSignal();
  const warmPath = new WarmPath();
  const subscribers = new SseSubscribers(ctx, deps, log);
  const reads = new DurableReads(log, subscribers);
  const [notify, schedule] = [() => subscribers.notify(), () => alarm.schedule()];
  const runner = new TurnRunner({ log, titles, waitUntil, notify, schedule }, deps);
  const isActive = (id: string) => runner.live?.answerId === id || pending.has(id);
  const recovery = new Recovery({ log, titles, runner, isActive }, deps);
  const isLive = () => runner.live !== undefined;
  const alarm = new RoomAlarm(
    ctx.storage,
    { storage, log, titles, recovery, subscribers, isLive },
    deps,
  );
  const parts = { log, titles, pending, fileChanges, subscribers, reads, runner, recovery, alarm };
  const starter = new TurnStarter({ ...parts, warmPath, waitUntil }, deps);
  return { ...parts, warmPath, starter };
}
