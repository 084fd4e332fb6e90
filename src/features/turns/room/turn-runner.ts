/**
 * Runs the live turn of a room: its events go to the log and from there to the subscribers, its end goes to
 * Postgres. A turn that a crash interrupted is ended the same way.
 */
import type { Deps } from "../../../deps.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { currentTrace, runTraced, type Trace } from "../../../lib/trace.ts";
import type { Message } from "../../messages/schemas.ts";
import type { TurnSink } from "../generate/turn-sink.ts";
import type { FinishedTurn, SaveResult } from "../store/turn.ts";
import type { TurnEvent } from "../wire/events.ts";
import {
  emitEnd,
  endOf,
  parseCheckpoint,
  type RunningCheckpoint,
  serializeCheckpoint,
} from "./checkpoint.ts";
import type { EventLog } from "./event-log.ts";
import type { LateTitles } from "./late-titles.ts";
import { LiveTurn } from "./live-turn.ts";
import { reportTurn } from "./report-turn.ts";
import { findSavedAnswer, saveEnd } from "./save.ts";
import type { StoredTurn } from "./turn-table.ts";

type Room = {
  log: EventLog;
  titles: LateTitles;
  /** Keeps the room awake until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
  /** Wakes the subscribers: the log has a new event. */
  notify(): void;
  /** Sets the alarm to when the next work is due. */
  schedule(): Promise<void>;
};

export class TurnRunner {
  readonly #room: Room;
  readonly #deps: Deps;
  #live: LiveTurn | undefined;
  /** Of the run: a turn may be ended by a call that is not part of it, such as a deletion. */
  #trace: Trace | undefined;
  /** Of the live turn: milliseconds from its request to its first text or reasoning. */
  #firstTokenMs: number | undefined;

  constructor(room: Room, deps: Deps) {
    this.#room = room;
    this.#deps = deps;
  }

  /** The running turn; undefined where none is. */
  get live(): LiveTurn | undefined {
    return this.#live;
  }

  /** Runs a turn that has begun. Keeps the room awake until it ends, so no caller has to wait for it. */
  run(
    live: LiveTurn,
    checkpoint: RunningCheckpoint,
    generate: (sink: TurnSink) => Promise<void>,
  ): void {
    void this.#drive(live, () => generate(this.#toSink(live, checkpoint)));
  }

  /** Ends a turn that a crash interrupted: saves the text so far and emits the last events. */
  endInterrupted(turn: StoredTurn): Promise<void> {
    const { log } = this.#room;
    const { answerId, userId, firstId } = turn;
    const received = log.receivedOf(answerId);
    const finished = endOf(parseCheckpoint(turn.checkpoint), received, this.#deps.clock());
    log.reopen(answerId);
    const live = new LiveTurn({ answerId, userId, firstId, isInterrupted: true });
    const save = (finished: FinishedTurn) => this.#saveInterrupted(live, finished);
    const end = () => emitEnd(finished, save, (event) => this.#emit(live, event));
    return runTraced(currentTrace()?.traceparent, () => this.#drive(live, end));
  }

  /** The chat is deleted: stops the turn without an event. */
  drop(): void {
    if (this.#live) {
      this.#live.drop();
      this.#report(this.#live);
    }
    this.#live = undefined;
    this.#room.log.stopFlushing();
  }

  #toSink(live: LiveTurn, checkpoint: RunningCheckpoint): TurnSink {
    const { log, titles } = this.#room;
    const { answerId } = live;
    let running = checkpoint;
    return {
      emit: (event) => this.#emit(live, event),
      checkpoint: (changes) => {
        running = { ...running, ...changes };
        log.turns.updateCheckpoint(answerId, serializeCheckpoint({ running }));
      },
      save: (finished, endsAt) => this.#save(live, finished, endsAt),
      saveTitle: (title) => titles.save(answerId, title),
    };
  }

  async #drive(live: LiveTurn, run: () => Promise<void>): Promise<void> {
    this.#live = live;
    this.#trace = currentTrace();
    this.#firstTokenMs = undefined;
    const running = run().catch((error: unknown) => this.#onFailure(live, error));
    this.#room.waitUntil(running);
    await running;
  }

  #emit(live: LiveTurn, event: TurnEvent): void {
    if (!live.isEmitting) return;
    const { log } = this.#room;
    const hadOutput = live.hasOutput;
    log.append(event);
    live.onEvent(event);
    if (!hadOutput && live.hasOutput) this.#firstTokenMs = currentTrace()?.durationMs;
    if (live.isEmitting) log.flushWithin(this.#deps.config.TURN_LIMITS.flush_ms);
    else this.#seal(live);
    this.#room.notify();
  }

  #seal(live: LiveTurn): void {
    this.#live = undefined;
    this.#room.log.seal(live.answerId, live.end);
    this.#room.waitUntil(this.#room.schedule());
    this.#report(live);
  }

  #report(live: LiveTurn): void {
    reportTurn(this.#deps, live, this.#trace, this.#firstTokenMs);
  }

  /** Saves the end. What Postgres does not take at once is stored here, and retried by alarm in the end. */
  async #save(live: LiveTurn, finished: FinishedTurn, endsAt?: number): Promise<SaveResult> {
    const { titles } = this.#room;
    const { answerId } = live;
    live.onFinished(finished);
    const keep = () => this.#keepEnd(answerId, finished);
    const result = await saveEnd(this.#deps, finished, keep, endsAt);
    if (finished.usage.some(({ kind }) => kind === "title")) titles.remove(answerId);
    if (result === "delayed") return result;
    live.onFinished({ ...finished, message: result.message });
    // Stored with the last event: after a crash before that, Postgres is asked again.
    live.onSaved({ state: result.isAbandoned ? "abandoned" : "ended", at: this.#deps.clock() });
    return result;
  }

  /** Where the end cannot be stored, the turn can still be ended from its last checkpoint. */
  #keepEnd(answerId: string, finished: FinishedTurn): void {
    try {
      this.#room.log.turns.keepEnd(answerId, serializeCheckpoint({ finished }));
    } catch (error) {
      logError("end_not_kept", { message_id: answerId, cause: nameOf(error) });
    }
  }

  async #saveInterrupted(live: LiveTurn, finished: FinishedTurn): Promise<Message | "delayed"> {
    const saved = await this.#save(live, finished);
    if (saved === "delayed") return saved;
    return saved.isAbandoned ? saved.message : findSavedAnswer(this.#deps, finished);
  }

  /** After a bug in the run, ends the turn from its checkpoint. After one in that end, leaves it to the alarm. */
  async #onFailure(live: LiveTurn, error: unknown): Promise<void> {
    logError("turn_failed", { cause: nameOf(error) });
    if (!live.isEmitting) return;
    live.drop();
    this.#live = undefined;
    if (live.isInterrupted) return this.#room.schedule();
    const { log } = this.#room;
    // Unwritten events are part of the answer too.
    log.flush();
    const turn = log.turns.find(live.answerId);
    if (turn) await this.endInterrupted(turn);
  }
}
