/**
 * The Durable Object of one chat: it owns the turn that is running, its log and its readers. Nobody's
 * connection does, so a client that leaves stops nothing.
 */
import { DurableObject } from "cloudflare:workers";
import { createDeps, type Deps } from "../../../deps.ts";
import type { Env } from "../../../env.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { Problem } from "../../../lib/problem.ts";
import { nextAlarm } from "./alarm.ts";
import { Beginnings, startOf } from "./beginnings.ts";
import type { TurnEvent } from "../events.ts";
import { FileNews } from "./file-news.ts";
import { LateTitles } from "./late-titles.ts";
import { LiveTurn, mayHaveBegun, type Refusal, toRefusal } from "./live-turn.ts";
import { LostTurns, type Settled } from "./lost-turns.ts";
import type { Message } from "../../messages/schemas.ts";
import type { BegunTurn, FinishedTurn, NewTurn } from "../persist.ts";
import { readLimits } from "../answer/budget.ts";
import { Readers } from "./readers.ts";
import { notesOf } from "./notes.ts";
import { placeOf, placeOfSocket } from "./reading.ts";
import {
  beginningRecord,
  endOf,
  readRecord,
  type RunningRecord,
  tellEnd,
  writeRecord,
} from "./recover.ts";
import { type RunDeps, runTurn, type SaveResult, textToName } from "../answer/run.ts";
import type {
  AttachResult,
  AttachTurn,
  ReadResult,
  StartResult,
  StartTurn,
  StopTurn,
} from "./room-calls.ts";
import { findEnd, saveEnd } from "./save-end.ts";
import { answerSecond, beginAfterLost } from "./second-turn.ts";
import { type ChatChange, encodeFileStatus, type FileChange } from "../wires/socket.ts";
import { TurnLog } from "./turn-log.ts";
import type { RecordedTurn } from "./turn-table.ts";

export class ChatRoom extends DurableObject<Env> {
  readonly #deps: Deps;
  readonly #log: TurnLog;
  readonly #titles: LateTitles;
  readonly #lost: LostTurns;
  readonly #readers: Readers;
  readonly #beginning: Beginnings;
  readonly #fileNews = new FileNews();
  #live: LiveTurn | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#deps = createDeps(env);
    this.#log = new TurnLog(ctx.storage.sql);
    this.#beginning = new Beginnings(this.#log.turns);
    this.#titles = new LateTitles(ctx.storage.sql, this.#deps);
    const isRun = (id: string) => this.#live?.answerId === id || this.#beginning.has(id);
    this.#lost = new LostTurns({ log: this.#log, titles: this.#titles, isRun }, this.#deps);
    this.#readers = new Readers(ctx, this.#deps, this.#log);
    // Whatever has not been told to its end was lost with the memory of the room before this one.
    ctx.waitUntil(this.#endLostTurns());
    this.#readers.notify();
  }

  /** Begins a turn and runs it to its end, whoever stays to watch. */
  async start({ turn, model, wait, sessionId }: StartTurn): Promise<StartResult> {
    const second = await answerSecond(this.#deps.db, turn, () => this.#live);
    if (second) return second;
    const record = beginningRecord(turn, { model, usageId: this.#deps.newId() });
    this.#prepare(turn, record);
    try {
      const begun = await beginAfterLost(this.#deps.db, turn, readLimits(model), this.#lost);
      if ("replay" in begun) {
        await this.#discard(turn);
        return begun;
      }
      const live = await this.#run(turn, this.#titles.once(begun));
      return wait
        ? { outcome: await live.outcome }
        : { stream: this.#readers.read(live.firstId - 1, sessionId) };
    } catch (error) {
      return { refused: await this.#refuse(turn, error) };
    } finally {
      this.#beginning.delete(turn.answerId);
    }
  }

  /** The rest of the turn that holds an event id; without one, the running turn from its start. */
  read(after: number | undefined, sessionId: string): ReadResult {
    const place = placeOf(this.#log, this.#live, after);
    return typeof place === "number" ? { stream: this.#readers.read(place, sessionId) } : place;
  }

  /** The turn that a repeated request stands for, while it runs and as long as its log is kept. */
  async attach({ userId, sessionId, answerId, wait }: AttachTurn): Promise<AttachResult> {
    await this.#beginning.settled(answerId);
    const turn = this.#log.turns.find(answerId);
    if (turn?.userId !== userId) return "gone";
    const live = this.#live?.answerId === answerId ? this.#live : undefined;
    if (live && wait) return { outcome: await live.outcome };
    const stream = () => this.#readers.read((live ?? turn).firstId - 1, sessionId);
    if (live || (!wait && turn.lastId > 0)) return { stream: stream() };
    if (turn.state !== "ended") await this.#lost.settle(answerId);
    return "gone";
  }

  /** Stops the answer that is running, or is about to; as it stands then, undefined where none does. */
  async stop(asked: StopTurn): Promise<Message | undefined> {
    const stopped = await this.#beginning.stop(asked);
    return stopped ?? this.#live?.stop(asked.userId, asked.messageId);
  }

  /** Asked about an answer that is left streaming in Postgres: ends it, unless it is being written. */
  settle(answerId: string): Promise<Settled> {
    return this.#lost.settle(answerId);
  }

  /** Opens a live socket; all else is RPC. */
  override fetch(request: Request): Response {
    return this.#readers.sockets.accept(request, placeOfSocket(this.#log, this.#live));
  }

  override webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): void {
    this.#readers.sockets.hear(ws, data);
  }

  override webSocketClose(ws: WebSocket): void {
    this.#readers.sockets.bidFarewell(ws);
  }

  override webSocketError(ws: WebSocket): void {
    this.#readers.sockets.left(ws);
  }

  /** A sign-in has ended: what it watches here ends with it, the turn does not. */
  endSession(sessionId: string): void {
    this.#readers.endSession(sessionId);
  }

  /** A file that was asked about here has changed: wakes who waits for it, and tells the live tabs. */
  fileChanged(change: FileChange): void {
    this.#fileNews.changed();
    this.#readers.sockets.tellAll(encodeFileStatus(change));
  }

  /** The chat itself has changed: shows it to the live tabs. */
  chatChanged(change: ChatChange): void {
    this.#readers.sockets.tellChat(change);
  }

  /** The chat was deleted: stops its turn, ends its readers, and leaves nothing behind. */
  async erase(): Promise<void> {
    this.#beginning.clear();
    this.#readers.closeAll(this.#live !== undefined);
    this.#live?.forget();
    this.#live = undefined;
    this.#log.stopFlushing();
    await this.#deleteEverything();
  }

  /** The one alarm: makes up for lost turns and failed saves, and forgets old logs. */
  override async alarm(): Promise<void> {
    await this.#lost.retry();
    const before = this.#deps.clock() - this.#deps.config.TURN_LIMITS.log_kept_ms;
    this.#readers.forget(this.#log.prune(before));
    await this.#schedule();
  }

  /** Writes down what may be about to happen, and sets the alarm, before it does. */
  #prepare(turn: NewTurn, record: RunningRecord): void {
    const { answerId, userId } = turn;
    this.#beginning.add(record);
    this.#log.prepare({ answerId, userId, record: writeRecord({ running: record }) });
    this.ctx.waitUntil(this.#schedule());
  }

  /** Nothing came of it, as far as that is known: a commit may have gone through without an answer. */
  async #refuse(turn: NewTurn, error: unknown): Promise<Refusal> {
    const refusal = toRefusal(error);
    if (!mayHaveBegun(refusal)) await this.#discard(turn);
    return refusal;
  }

  async #discard({ answerId }: NewTurn): Promise<void> {
    this.#log.turns.remove(answerId);
    if (this.#log.isEmpty) await this.#deleteEverything();
    else this.#log.release();
  }

  async #run(turn: NewTurn, committed: BegunTurn): Promise<LiveTurn> {
    // The turn before this one may be saved, and still be telling its title.
    await this.#live?.outcome;
    const { userId, chatId, answerId } = turn;
    const beginning = this.#beginning.find(answerId);
    if (!beginning) throw new Problem("not_found");
    const { begun, prompt, record } = startOf(this.#deps.config, beginning, committed);
    const firstId = this.#log.open(answerId, writeRecord({ running: record }));
    if (begun.wantsTitle) this.#titles.expect(turn, textToName(begun));
    const live = new LiveTurn({ answerId, userId, firstId });
    live.began(begun.question, begun.chatTitle);
    if (beginning.isStopped) void live.stop(userId);
    const input = { userId, chatId, begun, prompt, attempt: beginning, stop: live.stopSignal };
    void this.#drive(live, () => runTurn(input, this.#runDeps(live, record)));
    this.#beginning.delete(answerId);
    return live;
  }

  #runDeps(live: LiveTurn, record: RunningRecord): RunDeps {
    return {
      ...this.#deps,
      news: this.#fileNews,
      hurried: live.hurried,
      tell: (event) => this.#tell(live, event),
      note: notesOf(this.#log.turns, live.answerId, record),
      save: (finished) => this.#save(live, finished),
      saveTitle: (title) => this.#titles.save(live.answerId, title),
    };
  }

  /** Keeps the run alive by itself: its events go to the log, and from there to whoever reads. */
  async #drive(live: LiveTurn, run: () => Promise<void>): Promise<void> {
    this.#live = live;
    const running = run().catch((error: unknown) => {
      logError("turn_failed", { cause: nameOf(error) });
      if (live.telling) this.#endFailedTurn(live);
    });
    this.ctx.waitUntil(running);
    await running;
  }

  #tell(live: LiveTurn, event: TurnEvent): void {
    if (!live.telling) return;
    this.#log.append(event);
    live.note(event);
    if (live.telling) this.#log.flushWithin(this.#deps.config.TURN_LIMITS.flush_ms);
    else this.#seal(live);
    this.#readers.notify();
  }

  #seal(live: LiveTurn): void {
    this.#live = undefined;
    this.#log.seal(live.answerId);
    this.ctx.waitUntil(this.#schedule());
  }

  /** Saves the end; what Postgres does not take at once is kept here, and left to the alarm in the end. */
  async #save(live: LiveTurn, finished: FinishedTurn): Promise<SaveResult> {
    live.finished(finished);
    const keep = () => this.#log.keep(live.answerId, writeRecord({ finished }));
    const result = await saveEnd(this.#deps, finished, keep);
    if (result !== "delayed") this.#log.turns.end(live.answerId, this.#deps.clock());
    if (finished.usage.some(({ kind }) => kind === "title")) this.#titles.settled(live.answerId);
    return result;
  }

  /** One after the other: there is one turn at a time, and one place in the log to write to. */
  async #endLostTurns(): Promise<void> {
    for (const turn of this.#lost.findBegun()) await this.#endLostTurn(turn);
    await this.#lost.retry();
  }

  /** Ends a turn that has no run any more: the text so far is saved, and readers are told. */
  #endLostTurn(turn: RecordedTurn): Promise<void> {
    const { answerId, userId, firstId } = turn;
    const lost = endOf(readRecord(turn.record), this.#log.receivedOf(answerId), this.#deps.clock());
    this.#log.open(answerId);
    const live = new LiveTurn({ answerId, userId, firstId });
    const save = async (finished: FinishedTurn) => {
      const saved = await this.#save(live, finished);
      return saved === "delayed" ? saved : findEnd(this.#deps, finished);
    };
    return this.#drive(live, () => tellEnd(lost, save, (event) => this.#tell(live, event)));
  }

  /** A bug in the run must not leave the turn without an end. */
  #endFailedTurn(live: LiveTurn): void {
    live.forget();
    const turn = this.#log.turns.find(live.answerId);
    if (turn) void this.#endLostTurn(turn);
  }

  async #schedule(): Promise<void> {
    const { turns } = this.#log;
    const room = { turns, titles: this.#titles, lost: this.#lost, isLive: !!this.#live };
    const time = nextAlarm(room, this.#deps.config.TURN_LIMITS, this.#deps.clock());
    if (time !== undefined) await this.ctx.storage.setAlarm(time);
  }

  async #deleteEverything(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#log.forget();
    this.#titles.forget();
  }
}
