/** The one alarm of a room: when it is due, what it does, and the deletion of a room that has nothing left. */
import type { Deps } from "../../../deps.ts";
import type { TurnLimits } from "../../../env.ts";
import type { EventLog } from "./event-log.ts";
import type { LateTitles } from "./late-titles.ts";
import type { Recovery } from "./recovery.ts";
import { retryDelayMs } from "./save.ts";
import type { SseSubscribers } from "./sse-subscribers.ts";
import type { RoomStorage } from "./storage.ts";

type Room = {
  storage: RoomStorage;
  log: EventLog;
  titles: Pick<LateTitles, "isEmpty">;
  recovery: Pick<Recovery, "failures" | "retry">;
  subscribers: Pick<SseSubscribers, "closePruned">;
  isLive: () => boolean;
};

export class RoomAlarm {
  readonly #storage: DurableObjectStorage;
  readonly #room: Room;
  readonly #deps: Pick<Deps, "clock" | "config">;

  constructor(storage: DurableObjectStorage, room: Room, deps: Pick<Deps, "clock" | "config">) {
    this.#storage = storage;
    this.#room = room;
    this.#deps = deps;
  }

  /** Sets the alarm to when the next work is due; leaves it as it is where there is none. */
  async schedule(): Promise<void> {
    const time = this.#next();
    if (time !== undefined) await this.#storage.setAlarm(time);
  }

  /** True where a turn or a title is not saved. */
  get hasWork(): boolean {
    return this.#room.log.turns.summary().unsaved > 0 || !this.#room.titles.isEmpty;
  }

  /**
   * Sets the alarm where there is work but no alarm, because the platform gives up on one that failed too
   * often. True where that was so.
   */
  async ensure(): Promise<boolean> {
    const time = this.#next();
    if (time === undefined || (await this.#storage.getAlarm()) !== null) return false;
    await this.#storage.setAlarm(time);
    return true;
  }

  /** Retries what is not saved, prunes the log, and deletes the room or sets the next alarm. */
  async run(): Promise<void> {
    const { log, recovery, subscribers } = this.#room;
    const { clock, config } = this.#deps;
    await recovery.retry();
    // Also what is due in this very millisecond: an alarm that sets itself again for its own time may be lost.
    subscribers.closePruned(log.prune(clock() - config.TURN_LIMITS.log_kept_ms + 1));
    if (!(await this.deleteIfEmpty())) await this.schedule();
  }

  /** Deletes the room's storage where it holds nothing, not even a count of ids. True where it did. */
  async deleteIfEmpty(): Promise<boolean> {
    const { log, titles } = this.#room;
    if (!log.isEmpty || !titles.isEmpty) return false;
    await this.deleteRoom();
    return true;
  }

  /** Deletes everything that the room has stored, its alarm included. */
  async deleteRoom(): Promise<void> {
    await this.#room.storage.deleteEverything();
    this.#room.log.reset();
  }

  /** The earliest of watchdog, retry and pruning; undefined where there is nothing to do. */
  #next(): number | undefined {
    const { watchdog_ms, log_kept_ms }: TurnLimits = this.#deps.config.TURN_LIMITS;
    const { log, titles, recovery, isLive } = this.#room;
    const times: number[] = [];
    const { firstEnd, unsaved } = log.turns.summary();
    if (firstEnd !== null) times.push(firstEnd + log_kept_ms);
    if (unsaved > 0 || !titles.isEmpty) {
      const isFirst = isLive() || recovery.failures === 0;
      times.push(this.#deps.clock() + (isFirst ? watchdog_ms : retryDelayMs(recovery.failures)));
    }
    return times.length > 0 ? Math.min(...times) : undefined;
  }
}
