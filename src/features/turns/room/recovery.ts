/** Ends and saves the turns and titles that a crash or an outage of Postgres left open. */
import { describeFailure } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { logError } from "../../../lib/log.ts";
import { endOf, isPending, parseCheckpoint } from "./checkpoint.ts";
import type { Settled } from "./contract.ts";
import type { EventLog } from "./event-log.ts";
import type { LateTitles } from "./late-titles.ts";
import { saveOrReduce } from "./save.ts";
import type { TurnRunner } from "./turn-runner.ts";
import type { StoredTurn } from "./turn-table.ts";

type Room = {
  log: EventLog;
  titles: LateTitles;
  runner: Pick<TurnRunner, "endInterrupted">;
  /** True for a turn that runs here or is about to begin. */
  isActive(answerId: string): boolean;
};

export class Recovery {
  readonly #room: Room;
  readonly #deps: Pick<Deps, "db" | "clock">;
  #failures = 0;
  #retrying: Promise<void> | undefined;

  constructor(room: Room, deps: Pick<Deps, "db" | "clock">) {
    this.#room = room;
    this.#deps = deps;
  }

  /** Failed retries in a row. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Ends the turns that a crash interrupted, one after the other, because the log takes events of one turn
   * at a time; then retries what is not saved.
   */
  async recover(): Promise<void> {
    for (const turn of this.#listInterrupted()) await this.#room.runner.endInterrupted(turn);
    await this.retry();
  }

  /** Ends a turn that is streaming in Postgres, unless it runs here. */
  async settle(answerId: string): Promise<Settled> {
    if (this.#room.isActive(answerId)) return "running";
    const turn = this.#room.log.turns.find(answerId);
    if (!turn) return "unknown";
    if (turn.state !== "abandoned" && !(await this.#endAll([turn]))) return "failed";
    return this.#room.log.turns.find(answerId)?.state === "abandoned" ? "abandoned" : "ended";
  }

  /** Saves what Postgres does not have yet. Concurrent calls share one attempt. Never rejects. */
  retry(): Promise<void> {
    this.#retrying ??= this.#saveAll().finally(() => (this.#retrying = undefined));
    return this.#retrying;
  }

  /** Turns with subscribers that wait for the end. A turn that was only pending has no events. */
  #listInterrupted(): StoredTurn[] {
    return this.#room.log.turns
      .listUnsealed()
      .filter(({ checkpoint }) => !isPending(parseCheckpoint(checkpoint)));
  }

  async #saveAll(): Promise<void> {
    const saved = await Promise.all([
      this.#endAll(this.#room.log.turns.listUnsaved()),
      this.#succeeds(() => this.#room.titles.retry()),
    ]);
    this.#failures = saved.every(Boolean) ? 0 : this.#failures + 1;
  }

  async #endAll(turns: StoredTurn[]): Promise<boolean> {
    const inactive = turns.filter(({ answerId }) => !this.#room.isActive(answerId));
    const ended = inactive.map((turn) => this.#succeeds(() => this.#end(turn)));
    return (await Promise.all(ended)).every(Boolean);
  }

  /** Saves the turn's end from its checkpoint. */
  async #end({ answerId, checkpoint: text }: StoredTurn): Promise<void> {
    const { log } = this.#room;
    const { db, clock } = this.#deps;
    const checkpoint = parseCheckpoint(text);
    const finished = endOf(checkpoint, log.receivedOf(answerId), clock());
    const saved = await saveOrReduce({ db, clock }, finished);
    if (saved.isAbandoned) log.turns.abandon(answerId, clock());
    else if (isPending(checkpoint)) log.turns.discard(answerId, clock());
    else log.turns.end(answerId, clock());
  }

  async #succeeds(save: () => Promise<void>): Promise<boolean> {
    try {
      await save();
      return true;
    } catch (error) {
      logError("retry_failed", { ...describeFailure(error), failures: this.#failures });
      return false;
    }
  }
}
