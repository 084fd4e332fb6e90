/**
 * Runs the live turn of a room: its events go to the log, and from there to whoever subscribes; its end goes
 * to Postgres. A turn that was lost is ended in the same way.
 */
import type { Deps } from "../../../deps.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { Message } from "../../messages/schemas.ts";
import type { TurnSink } from "../generate/turn-sink.ts";
import type { TurnEvent } from "../wire/events.ts";
import type { FinishedTurn, SaveResult } from "../store/turn.ts";
import type { LateTitles } from "./late-titles.ts";
import { LiveTurn } from "./live-turn.ts";
import { checkpointsOf } from "./checkpoints.ts";
import {
  endOf,
  parseCheckpoint,
  type RunningCheckpoint,
  emitEnd,
  serializeCheckpoint,
} from "./checkpoint.ts";
import { findEnd, saveEnd } from "./save-end.ts";
import type { EventLog } from "./event-log.ts";
import type { RecordedTurn } from "./turn-table.ts";

type Room = {
  log: EventLog;
  titles: LateTitles;
  /** Keeps the room awake until it is settled. */
  waitUntil(promise: Promise<unknown>): void;
  /** Wakes the subscribers: there is something new in the log. */
  notify(): void;
  /** Sets the alarm to what there is to do next. */
  schedule(): Promise<void>;
};

export class TurnRunner {
  readonly #room: Room;
  readonly #deps: Deps;
  #live: LiveTurn | undefined;

  constructor(room: Room, deps: Deps) {
    this.#room = room;
    this.#deps = deps;
  }

  /** The turn that is running; undefined where none is. */
  get live(): LiveTurn | undefined {
    return this.#live;
  }

  /** Runs a turn that has begun, to its end. It keeps itself alive: nobody needs to wait for it. */
  run(live: LiveTurn, record: RunningCheckpoint, run: (sink: TurnSink) => Promise<void>): void {
    void this.#drive(live, () => run(this.#sinkOf(live, record)));
  }

  /** Ends a turn that has no run any more: the text so far is saved, and subscribers are told. */
  endLost(turn: RecordedTurn): Promise<void> {
    const { log } = this.#room;
    const { answerId, userId, firstId } = turn;
    const received = log.receivedOf(answerId);
    const lost = endOf(parseCheckpoint(turn.record), received, this.#deps.clock());
    log.open(answerId);
    const live = new LiveTurn({ answerId, userId, firstId, isLost: true });
    const save = (finished: FinishedTurn) => this.#saveLost(live, finished);
    return this.#drive(live, () => emitEnd(lost, save, (event) => this.#emit(live, event)));
  }

  /** Stops the turn and tells nobody: the chat is gone. */
  forget(): void {
    this.#live?.forget();
    this.#live = undefined;
    this.#room.log.stopFlushing();
  }

  #sinkOf(live: LiveTurn, record: RunningCheckpoint): TurnSink {
    const { log, titles } = this.#room;
    const { answerId } = live;
    return {
      emit: (event) => this.#emit(live, event),
      checkpoint: checkpointsOf(log.turns, answerId, record),
      save: (finished, endsAt) => this.#save(live, finished, endsAt),
      saveTitle: (title) => titles.save(answerId, title),
    };
  }

  /** The run keeps the room awake by itself. */
  async #drive(live: LiveTurn, run: () => Promise<void>): Promise<void> {
    this.#live = live;
    const running = run().catch((error: unknown) => this.#onFailure(live, error));
    this.#room.waitUntil(running);
    await running;
  }

  #emit(live: LiveTurn, event: TurnEvent): void {
    if (!live.isEmitting) return;
    const { log } = this.#room;
    log.append(event);
    live.onEvent(event);
    if (live.isEmitting) log.flushWithin(this.#deps.config.TURN_LIMITS.flush_ms);
    else this.#seal(live);
    this.#room.notify();
  }

  #seal(live: LiveTurn): void {
    this.#live = undefined;
    this.#room.log.seal(live.answerId);
    this.#room.waitUntil(this.#room.schedule());
  }

  /** Saves the end; what Postgres does not take at once is kept here, and left to the alarm in the end. */
  async #save(live: LiveTurn, finished: FinishedTurn, endsAt?: number): Promise<SaveResult> {
    const { log, titles } = this.#room;
    const { answerId } = live;
    live.onFinished(finished);
    const result = await saveEnd(
      this.#deps,
      finished,
      () => this.#keep(answerId, finished),
      endsAt,
    );
    if (finished.usage.some(({ kind }) => kind === "title")) titles.settled(answerId);
    if (result === "delayed") return result;
    live.onFinished({ ...finished, message: result.message });
    if (result.isAbandoned) log.turns.abandon(answerId, this.#deps.clock());
    else log.turns.end(answerId, this.#deps.clock());
    return result;
  }

  /** Where it cannot be kept, what was known before still ends the turn. */
  #keep(answerId: string, finished: FinishedTurn): void {
    try {
      this.#room.log.turns.keep(answerId, serializeCheckpoint({ finished }));
    } catch (error) {
      logError("end_not_kept", { message_id: answerId, cause: nameOf(error) });
    }
  }

  async #saveLost(live: LiveTurn, finished: FinishedTurn): Promise<Message | "delayed"> {
    const saved = await this.#save(live, finished);
    if (saved === "delayed") return saved;
    return saved.isAbandoned ? saved.message : findEnd(this.#deps, finished);
  }

  /** A bug in the run must not leave the turn without an end. One in that end is left to the alarm. */
  async #onFailure(live: LiveTurn, error: unknown): Promise<void> {
    logError("turn_failed", { cause: nameOf(error) });
    if (!live.isEmitting) return;
    live.forget();
    this.#live = undefined;
    if (live.isLost) return this.#room.schedule();
    const { log } = this.#room;
    // What was emitted since the last write is part of the answer too.
    log.flush();
    const turn = log.turns.find(live.answerId);
    if (turn) await this.endLost(turn);
  }
}
