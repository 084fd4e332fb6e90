/** When a room is to wake by itself. */
import type { TurnLimits } from "../../../env.ts";
import type { Deps } from "../../../deps.ts";
import type { LateTitles } from "./late-titles.ts";
import type { Recovery } from "./recovery.ts";
import { retryDelayMs } from "./save.ts";
import type { TurnTable } from "./turn-table.ts";

type Work = {
  turns: Pick<TurnTable, "summary">;
  titles: Pick<LateTitles, "isEmpty">;
  lost: Pick<Recovery, "tries">;
  isLive: () => boolean;
};

/** The one alarm of a room. */
export class RoomAlarm {
  readonly #storage: DurableObjectStorage;
  readonly #work: Work;
  readonly #deps: Pick<Deps, "clock" | "config">;

  constructor(storage: DurableObjectStorage, work: Work, deps: Pick<Deps, "clock" | "config">) {
    this.#storage = storage;
    this.#work = work;
    this.#deps = deps;
  }

  /** Sets it to the next time that there is something to do; leaves it where there is nothing. */
  async schedule(): Promise<void> {
    const time = this.#next();
    if (time !== undefined) await this.#storage.setAlarm(time);
  }

  /** True where something that it is set for is not settled. */
  get hasWork(): boolean {
    const { turns, titles } = this.#work;
    return turns.summary().unfinished > 0 || !titles.isEmpty;
  }

  /** Sets it where there is none and should be, as the platform gives up on one that failed: then true. */
  async ensure(): Promise<boolean> {
    const time = this.#next();
    if (time === undefined || (await this.#storage.getAlarm()) !== null) return false;
    await this.#storage.setAlarm(time);
    return true;
  }

  #next(): number | undefined {
    return nextAlarm(this.#work, this.#deps.config.TURN_LIMITS, this.#deps.clock());
  }
}

/** The earliest of watchdog, retry and pruning; undefined where there is nothing to do. */
function nextAlarm(
  { turns, titles, lost, isLive }: Work,
  { watchdog_ms, log_kept_ms }: TurnLimits,
  now: number,
): number | undefined {
  const times: number[] = [];
  const { firstEnd, unfinished } = turns.summary();
  if (firstEnd !== null) times.push(firstEnd + log_kept_ms);
  if (unfinished > 0 || !titles.isEmpty) {
    times.push(now + (isLive() || lost.tries === 0 ? watchdog_ms : retryDelayMs(lost.tries)));
  }
  return times.length > 0 ? Math.min(...times) : undefined;
}
