/** What a room finds unfinished and nobody is working at: ends it by itself, and again where it fails. */
import { describeFailure } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { logError } from "../../../lib/log.ts";
import type { LateTitles } from "./late-titles.ts";
import { endOf, isUnbegun, parseCheckpoint } from "./checkpoint.ts";
import { finishAnyhow } from "./save-end.ts";
import type { EventLog } from "./event-log.ts";
import type { RecordedTurn } from "./turn-table.ts";

/** What a room says of an answer that was left streaming in Postgres. */
export type Settled = "running" | "ended" | "abandoned" | "failed" | "unknown";

type Room = {
  log: EventLog;
  titles: LateTitles;
  /** True while the turn is under way in the room, or its beginning is. */
  isRun(answerId: string): boolean;
};

export class Recovery {
  readonly #room: Room;
  readonly #deps: Pick<Deps, "db" | "clock">;
  #tries = 0;
  #retrying: Promise<void> | undefined;

  constructor(room: Room, deps: Pick<Deps, "db" | "clock">) {
    this.#room = room;
    this.#deps = deps;
  }

  /** Failures in a row. */
  get tries(): number {
    return this.#tries;
  }

  /**
   * Those whose readers are to be told the end: one at most, as there is one turn at a time. Of a turn
   * that may not even have begun, nobody was told anything.
   */
  findBegun(): RecordedTurn[] {
    return this.#room.log.turns
      .unsealed()
      .filter(({ record }) => !isUnbegun(parseCheckpoint(record)));
  }

  /** Ends a turn that somebody found to be without an end, unless it is under way. */
  async settle(answerId: string): Promise<Settled> {
    if (this.#room.isRun(answerId)) return "running";
    const turn = this.#room.log.turns.find(answerId);
    if (!turn) return "unknown";
    if (turn.state !== "abandoned" && !(await this.#endAll([turn]))) return "failed";
    return this.#room.log.turns.find(answerId)?.state === "abandoned" ? "abandoned" : "ended";
  }

  /** Saves whatever Postgres does not have yet; whoever asks meanwhile waits for the same. */
  retry(): Promise<void> {
    this.#retrying ??= this.#saveAll().finally(() => (this.#retrying = undefined));
    return this.#retrying;
  }

  async #saveAll(): Promise<void> {
    const saved = await Promise.all([
      this.#endAll(this.#room.log.turns.unfinished()),
      this.#succeeds(() => this.#room.titles.retry()),
    ]);
    this.#tries = saved.every(Boolean) ? 0 : this.#tries + 1;
  }

  async #endAll(turns: RecordedTurn[]): Promise<boolean> {
    const lost = turns.filter(({ answerId }) => !this.#room.isRun(answerId));
    const ended = lost.map((turn) => this.#succeeds(() => this.#end(turn)));
    return (await Promise.all(ended)).every(Boolean);
  }

  /** As it was to end, or as interrupted. */
  async #end({ answerId, record: text }: RecordedTurn): Promise<void> {
    const { log } = this.#room;
    const { db, clock } = this.#deps;
    const record = parseCheckpoint(text);
    const finished = endOf(record, log.receivedOf(answerId), clock());
    const saved = await finishAnyhow({ db, clock }, finished);
    if (saved.isAbandoned) log.turns.abandon(answerId, clock());
    else if (isUnbegun(record)) log.turns.discard(answerId, clock());
    else log.turns.end(answerId, clock());
  }

  async #succeeds(save: () => Promise<void>): Promise<boolean> {
    try {
      await save();
      return true;
    } catch (error) {
      logError("retry_failed", { ...describeFailure(error), tries: this.#tries });
      return false;
    }
  }
}
