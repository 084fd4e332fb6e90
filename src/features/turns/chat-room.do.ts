/**
 * The Durable Object of one chat: it owns the turn that is running, its log and its readers. Nobody's
 * connection does, so a client that leaves stops nothing.
 */
import { DurableObject } from "cloudflare:workers";
import { createDeps, type Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { nextAlarm } from "./alarm.ts";
import { Beginnings } from "./beginnings.ts";
import type { TurnEvent } from "./events.ts";
import { LiveTurn, type Refusal, toRefusal } from "./live-turn.ts";
import { endLostTurns } from "./lost-turns.ts";
import type { Message } from "../messages/schemas.ts";
import {
  type BegunTurn,
  beginTurn,
  findAnswer,
  type FinishedTurn,
  finishTurn,
  type NewTurn,
  saveLateTitle,
} from "./persist.ts";
import { buildPrompt, historyBytes, promptBudget } from "./prompt.ts";
import { Readers } from "./readers.ts";
import { beginningRecord, endOf, readRecord, type RunningRecord, writeRecord } from "./recover.ts";
import { type RunDeps, runTurn, type SaveResult } from "./run.ts";
import type { AttachResult, AttachTurn, ReadResult, StartResult, StartTurn } from "./room-calls.ts";
import { saveWithin } from "./save.ts";
import { DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";
import { findEarlierTurn } from "./turn-key.ts";
import { TurnLog } from "./turn-log.ts";
import type { RecordedTurn } from "./turn-table.ts";

export class ChatRoom extends DurableObject<Env> {
  readonly #deps: Deps;
  readonly #log: TurnLog;
  readonly #readers: Readers;
  readonly #beginning = new Beginnings();
  #live: LiveTurn | undefined;
  #flushTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTries = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#deps = createDeps(env);
    this.#log = new TurnLog(ctx.storage.sql);
    this.#readers = new Readers(this.#log, this.#limits.heartbeat_ms, (reading) =>
      ctx.waitUntil(reading),
    );
    // Whatever has not been told to its end was lost with the memory of the room before this one.
    this.#endLostTurns(this.#log.turns.unsealed());
  }

  /** Begins a turn and runs it to its end, whoever stays to watch. */
  async start({ turn, model, wait }: StartTurn): Promise<StartResult> {
    if (this.#live) return this.#answerSecond(turn, this.#live);
    const usageId = this.#deps.newId();
    const record = beginningRecord(turn, model, usageId);
    this.#prepare(turn, record);
    try {
      const begun = await beginTurn(this.#deps.db, turn, historyBytes(model));
      if ("replay" in begun) {
        await this.#discard(turn);
        return begun;
      }
      const live = await this.#run(turn, begun, record);
      return wait
        ? { outcome: await live.outcome }
        : { stream: this.#readers.read(live.firstId - 1) };
    } catch (error) {
      return { refused: await this.#refuse(turn, error) };
    } finally {
      this.#beginning.delete(turn.answerId);
    }
  }

  /** The rest of the turn that holds an event id; without one, the running turn from its start. */
  read(after: number | undefined): ReadResult {
    if (after === undefined) {
      return this.#live ? { stream: this.#readers.read(this.#live.firstId - 1) } : "nothing";
    }
    if (after < 1 || after > this.#log.lastId) return "unknown_id";
    const turn = this.#log.turns.holding(after);
    if (!turn || (turn.lastId > 0 && after >= turn.lastId)) return "nothing";
    return { stream: this.#readers.read(after) };
  }

  /** The turn that a repeated request stands for, while it runs and as long as its log is kept. */
  async attach({ userId, answerId, wait }: AttachTurn): Promise<AttachResult> {
    await this.#beginning.settled(answerId);
    const turn = this.#log.turns.find(answerId);
    if (turn?.userId !== userId) return "gone";
    const live = this.#live?.answerId === answerId ? this.#live : undefined;
    if (live && wait) return { outcome: await live.outcome };
    if (live) return { stream: this.#readers.read(live.firstId - 1) };
    if (!wait && turn.lastId > 0) return { stream: this.#readers.read(turn.firstId - 1) };
    if (turn.state !== "ended") await this.#retrySave(turn);
    return "gone";
  }

  /** The chat was deleted: stops its turn, ends its readers, and leaves nothing behind. */
  async erase(): Promise<void> {
    this.#live?.forget();
    this.#live = undefined;
    clearTimeout(this.#flushTimer);
    this.#readers.closeAll();
    await this.#deleteEverything();
  }

  /** The one alarm: makes up for lost turns and failed saves, and forgets old logs. */
  override async alarm(): Promise<void> {
    await Promise.all(this.#log.turns.unfinished().map((turn) => this.#retrySave(turn)));
    this.#log.prune(this.#deps.clock() - this.#limits.log_kept_ms);
    await this.#schedule();
  }

  get #limits() {
    return this.#deps.config.TURN_LIMITS;
  }

  /** Writes down what may be about to happen, and sets the alarm, before it does. */
  #prepare(turn: NewTurn, record: RunningRecord): void {
    const { answerId, userId } = turn;
    this.#beginning.add(answerId);
    this.#log.prepare({ answerId, userId, record: writeRecord({ running: record }) });
    this.ctx.waitUntil(this.#schedule());
  }

  /** While a turn runs no other begins; only a key may stand for one that did. */
  async #answerSecond(turn: NewTurn, live: LiveTurn): Promise<StartResult> {
    try {
      const replay = await findEarlierTurn(this.#deps.db, turn);
      return replay ? { replay } : { refused: live.refuseSecond(turn.userId) };
    } catch (error) {
      return { refused: toRefusal(error) };
    }
  }

  /** Nothing came of it, as far as that is known: a commit may have gone through without an answer. */
  async #refuse(turn: NewTurn, error: unknown): Promise<Refusal> {
    const refusal = toRefusal(error);
    if (refusal.code !== "database_unavailable") await this.#discard(turn);
    return refusal;
  }

  async #discard({ answerId }: NewTurn): Promise<void> {
    this.#log.turns.remove(answerId);
    if (this.#log.isEmpty) await this.#deleteEverything();
    else this.#log.release();
  }

  async #run(turn: NewTurn, begun: BegunTurn, beginning: RunningRecord): Promise<LiveTurn> {
    // The turn before this one may be saved, and still be telling its title.
    await this.#live?.outcome;
    const { userId, chatId, answerId } = turn;
    const { model, usageId } = beginning;
    const system = this.#deps.config.SYSTEM_PROMPT ?? DEFAULT_SYSTEM_PROMPT;
    const prompt = buildPrompt(system, begun.path, promptBudget(model));
    const estimatedPromptTokens = prompt.estimatedTokens;
    const record = { ...beginning, answer: begun.answer, estimatedPromptTokens };
    const firstId = this.#log.open(answerId, writeRecord({ running: record }));
    const live = new LiveTurn({ answerId, userId, firstId });
    live.began(begun.question, begun.chatTitle);
    const input = { userId, chatId, begun, prompt, model, usageId, stop: live.stopSignal };
    this.#drive(live, () => runTurn(input, this.#runDeps(live)));
    this.#beginning.delete(answerId);
    return live;
  }

  #runDeps(live: LiveTurn): RunDeps {
    const { model, config, clock, newId, db } = this.#deps;
    const inTime = <T>(save: () => Promise<T>) => saveWithin(this.#limits.watchdog_ms, clock, save);
    return {
      model,
      config,
      clock,
      newId,
      tell: (event) => this.#tell(live, event),
      save: (finished) => this.#save(live, finished),
      saveTitle: async (of, name) => {
        const title = await inTime(async () => (await saveLateTitle(db, of, name)) ?? "");
        return title === "delayed" || title === "" ? undefined : title;
      },
    };
  }

  /** Keeps the run alive by itself: its events go to the log, and from there to whoever reads. */
  #drive(live: LiveTurn, run: () => Promise<void>): void {
    this.#live = live;
    this.ctx.waitUntil(
      run().catch((error: unknown) => {
        logError("turn_failed", { cause: nameOf(error) });
        if (live.telling) this.#endFailedTurn(live);
      }),
    );
  }

  #tell(live: LiveTurn, event: TurnEvent): void {
    if (!live.telling) return;
    this.#log.append(event);
    live.note(event);
    if (live.telling) this.#flushLater();
    else this.#seal(live);
    this.#readers.notify();
  }

  #flushLater(): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      if (this.#live) this.#log.flush();
    }, this.#limits.flush_ms);
  }

  #seal(live: LiveTurn): void {
    this.#live = undefined;
    this.#log.seal(live.answerId);
    this.ctx.waitUntil(this.#schedule());
  }

  /** Saves the end; what Postgres does not take at once is kept here, and left to the alarm in the end. */
  async #save(live: LiveTurn, finished: FinishedTurn): Promise<SaveResult> {
    const { clock, db } = this.#deps;
    live.finished(finished);
    const result = await saveWithin(
      this.#limits.watchdog_ms,
      clock,
      async () => {
        const title = await finishTurn(db, finished);
        return title === undefined ? ("gone" as const) : { title };
      },
      () => this.#log.keep(live.answerId, writeRecord({ finished })),
    );
    if (result !== "delayed") this.#log.turns.end(live.answerId, clock());
    return result;
  }

  /** Ends turns that have no run any more: the text so far is saved, and readers are told. */
  #endLostTurns(turns: RecordedTurn[]): void {
    endLostTurns(turns, {
      log: this.#log,
      now: this.#deps.clock(),
      unsettled: this.#beginning,
      drive: (live, run) => this.#drive(live, run),
      save: (live, finished) => this.#saveLost(live, finished),
      tell: (live, event) => this.#tell(live, event),
    });
  }

  /** The message that counts: what Postgres has, or, while it cannot be asked, what it will have. */
  async #saveLost(live: LiveTurn, finished: FinishedTurn): Promise<Message | undefined> {
    const saved = await this.#save(live, finished);
    return saved === "delayed" ? finished.message : findAnswer(this.#deps.db, finished);
  }

  /** A bug in the run must not leave the turn without an end. */
  #endFailedTurn({ answerId }: LiveTurn): void {
    const turn = this.#log.turns.find(answerId);
    if (turn) this.#endLostTurns([turn]);
  }

  /** For a turn that nobody runs: one that was told but not saved, or that may never have begun. */
  async #retrySave(turn: RecordedTurn): Promise<void> {
    if (this.#live?.answerId === turn.answerId || this.#beginning.has(turn.answerId)) return;
    const { db, clock } = this.#deps;
    try {
      const end = endOf(readRecord(turn.record), "", clock());
      // Not told and not running here: no provider was asked, so there is nothing to pay for.
      const neverBegan = turn.lastId === 0;
      await finishTurn(db, neverBegan ? { ...end, usage: [] } : end);
      this.#saveTries = 0;
      if (neverBegan) this.#log.turns.remove(turn.answerId);
      else this.#log.turns.end(turn.answerId, clock());
    } catch (error) {
      this.#saveTries++;
      logError("retry_failed", { cause: nameOf(error), tries: this.#saveTries });
    }
  }

  async #schedule(): Promise<void> {
    const state = { now: this.#deps.clock(), isLive: !!this.#live, saveTries: this.#saveTries };
    const time = nextAlarm(this.#log.turns, this.#limits, state);
    if (time !== undefined) await this.ctx.storage.setAlarm(time);
  }

  async #deleteEverything(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#log.forget();
  }
}
