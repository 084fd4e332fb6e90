/**
 * The Durable Object of one chat: it owns the turn that is running, its log and its readers. Nobody's
 * connection does, so a client that leaves stops nothing.
 */
import { DurableObject } from "cloudflare:workers";
import { createDeps } from "../../../deps.ts";
import type { Env } from "../../../env.ts";
import { toProblem } from "../../../http/problem-response.ts";
import { systemClock } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";
import { Problem } from "../../../lib/problem.ts";
import { assembleRoom, type RoomParts } from "./assemble.ts";
import { startOf } from "./pending-turns.ts";
import { LiveTurn, mayHaveBegun, type TurnRefusal, toRefusal } from "./live-turn.ts";
import type { Settled } from "./recovery.ts";
import type { Message } from "../../messages/schemas.ts";
import type { BegunTurn, NewTurn } from "../store/turn.ts";
import { readLimits } from "../context/budget.ts";
import { turnDeadline } from "../generate/deadlines.ts";
import { cursorOf, socketCursorOf } from "./cursor.ts";
import { pendingCheckpoint, type RunningCheckpoint, serializeCheckpoint } from "./checkpoint.ts";
import { generateTurn, subjectOf } from "../generate/generate.ts";
import type {
  AttachResult,
  AttachTurn,
  ReadResult,
  StartResult,
  StartTurn,
  StopTurn,
} from "./contract.ts";
import { beginAfterLost, refuseSecond } from "./second-turn.ts";
import { type ChatUpdate, encodeFileStatus, type FileChange } from "../wire/socket.ts";

/** After a failure of the alarm itself. */
const FAILED_ALARM_PAUSE_MS = 60_000;

export class ChatRoom extends DurableObject<Env> {
  #made: RoomParts | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.waitUntil(this.#wake());
  }

  /**
   * Begins a turn and runs it to its end, whoever stays to watch. Until Postgres has taken it, nothing that
   * is going on here is changed for it: it may be a stranger's.
   */
  async start({ turn, model, wait, sessionId }: StartTurn): Promise<StartResult> {
    const earlier = this.#live;
    if (earlier && !earlier.isAnswered) return refuseSecond(this.#deps.db, turn, earlier);
    const mayAskTitle = this.#titles.isEmpty;
    const record = pendingCheckpoint(turn, { model, usageId: this.#deps.newId() });
    this.#prepare(turn, record);
    try {
      const begun = await beginAfterLost(this.#deps.db, turn, readLimits(model), (answerId) =>
        this.#settleInTheWay(answerId),
      );
      if ("replay" in begun) {
        await this.#discard(turn);
        return begun;
      }
      await earlier?.supersede();
      // One title is asked for at a time.
      const needsTitle = begun.needsTitle && mayAskTitle && this.#titles.isEmpty;
      const live = await this.#run(turn, { ...begun, needsTitle });
      return wait
        ? { outcome: await live.outcome }
        : { stream: this.#subscribers.subscribe(live.firstId - 1, sessionId) };
    } catch (error) {
      return { refused: await this.#refuse(turn, error) };
    } finally {
      this.#beginning.delete(turn.answerId);
    }
  }

  /** The rest of the turn that holds an event id; without one, the running turn from its start. */
  read(after: number | undefined, sessionId: string): ReadResult {
    const position = cursorOf(this.#log, this.#live, after);
    return typeof position === "number"
      ? this.#subscribers.subscribeIfRoom(position, sessionId)
      : position;
  }

  /** The turn that a repeated request stands for, while it runs and as long as its log is kept. */
  async attach({ userId, sessionId, answerId, wait }: AttachTurn): Promise<AttachResult> {
    await this.#beginning.settled(answerId);
    const turn = this.#log.turns.find(answerId);
    if (turn?.userId !== userId) return "gone";
    const live = this.#live?.answerId === answerId ? this.#live : undefined;
    if (live && wait) return { outcome: await live.outcome };
    const join = () => this.#subscribers.subscribeIfRoom((live ?? turn).firstId - 1, sessionId);
    if (live || (!wait && turn.lastId > 0)) return join();
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
    return this.#subscribers.sockets.accept(request, socketCursorOf(this.#log, this.#live));
  }

  override webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): void {
    this.#subscribers.sockets.onMessage(ws, data);
  }

  override webSocketClose(ws: WebSocket): void {
    this.#subscribers.sockets.onClosing(ws);
  }

  override webSocketError(ws: WebSocket): void {
    this.#subscribers.sockets.left(ws);
  }

  /** A sign-in has ended: what it watches here ends with it, the turn does not. */
  endSession(sessionId: string): void {
    this.#subscribers.endSession(sessionId);
  }

  /** A file that was asked about here has changed: wakes who waits for it, and tells the live tabs. */
  fileChanged(change: FileChange): void {
    this.#fileChanges.changed();
    this.#subscribers.sockets.broadcast(encodeFileStatus(change));
  }

  /** The chat itself has changed: shows it to the live tabs. */
  chatChanged(change: ChatUpdate): void {
    this.#subscribers.sockets.broadcastChat(change);
  }

  /** The chat was deleted: stops its turn, ends its readers, and leaves nothing behind. */
  async erase(): Promise<void> {
    this.#beginning.clear();
    this.#subscribers.closeAll(this.#live !== undefined);
    this.#runner.forget();
    await this.#deleteEverything();
  }

  /**
   * The one alarm: makes up for lost turns and failed saves, and forgets old logs. It does not fail, also
   * under a wrong environment: the platform tries a few times, and then never again.
   */
  override async alarm(): Promise<void> {
    try {
      await this.#doWhatIsDue();
    } catch (error) {
      logError("alarm_failed", { cause: toProblem(error).code });
      await this.ctx.storage.setAlarm(systemClock() + FAILED_ALARM_PAUSE_MS);
    }
  }

  /** Asked once its turns are over: true where it had work left, and no alarm, which it has now. */
  ensureAlarm(): Promise<boolean> {
    return this.#alarm.ensure();
  }

  /**
   * Writes down what may be about to happen, and sets the alarm, before it does. An alarm that is set for
   * work is not put off.
   */
  #prepare(turn: NewTurn, record: RunningCheckpoint): void {
    const { answerId, userId } = turn;
    const isSet = this.#alarm.hasWork;
    this.#beginning.add(record);
    this.#log.prepare({ answerId, userId, record: serializeCheckpoint({ running: record }) });
    if (!isSet) this.ctx.waitUntil(this.#alarm.schedule());
  }

  /** One that Postgres does not have the end of, and that only waits for its title, ends that first. */
  async #settleInTheWay(answerId: string): Promise<Settled> {
    if (this.#live?.answerId === answerId) await this.#live.supersede();
    return this.#lost.settle(answerId);
  }

  /** Nothing came of it, as far as that is known: a commit may have gone through without an answer. */
  async #refuse(turn: NewTurn, error: unknown): Promise<TurnRefusal> {
    const refusal = toRefusal(error);
    if (!mayHaveBegun(refusal)) await this.#discard(turn);
    return refusal;
  }

  async #discard({ answerId }: NewTurn): Promise<void> {
    this.#log.turns.remove(answerId);
    if (this.#log.isEmpty && this.#titles.isEmpty) await this.#deleteEverything();
  }

  async #run(turn: NewTurn, committed: BegunTurn): Promise<LiveTurn> {
    // The turn before this one may be saved, and still be telling its title.
    await this.#live?.outcome;
    const { userId, chatId, answerId } = turn;
    const beginning = this.#beginning.find(answerId);
    if (!beginning) throw new Problem("not_found");
    const { begun, prompt, record } = startOf(this.#deps.config, beginning, committed);
    const firstId = this.#log.open(answerId, serializeCheckpoint({ running: record }));
    if (begun.needsTitle) this.#titles.expect(turn, subjectOf(begun));
    const live = new LiveTurn({ answerId, userId, firstId });
    live.onBegun(begun.userMessage, begun.chatTitle);
    if (beginning.isStopped) void live.stop(userId);
    const deadline = turnDeadline(Date.parse(record.startedAt), this.#deps.config.TURN_LIMITS);
    const of = { userId, chatId, begun, prompt, attempt: beginning };
    const input = {
      ...of,
      deadline,
      stop: live.stopSignal,
      fileChanges: this.#fileChanges,
      superseded: live.superseded,
    };
    this.#runner.run(live, record, (sink) => generateTurn(input, this.#deps, sink));
    this.#beginning.delete(answerId);
    return live;
  }

  /**
   * What has not been told to its end was lost with the memory of the room before this one; and where the
   * alarm is gone, as after too many failures, it is set again.
   */
  async #wake(): Promise<void> {
    try {
      const { readers, alarm } = this.#parts;
      const ending = this.#endLostTurns();
      readers.notify();
      await Promise.all([ending, alarm.ensure()]);
    } catch (error) {
      logError("wake_failed", { cause: toProblem(error).code });
    }
  }

  /** One after the other: there is one turn at a time, and one position in the log to write to. */
  async #endLostTurns(): Promise<void> {
    for (const turn of this.#lost.findBegun()) await this.#runner.endLost(turn);
    await this.#lost.retry();
  }

  async #doWhatIsDue(): Promise<void> {
    await this.#lost.retry();
    const { clock, config } = this.#deps;
    this.#subscribers.closePruned(this.#log.prune(clock() - config.TURN_LIMITS.log_kept_ms));
    if (this.#log.isEmpty && this.#titles.isEmpty) await this.#deleteEverything();
    else await this.#alarm.schedule();
  }

  async #deleteEverything(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#log.forget();
    this.#titles.forget();
  }

  /** Made when first needed: a room under a wrong environment is still one that can set its alarm. */
  get #parts(): RoomParts {
    return (this.#made ??= assembleRoom(this.ctx, createDeps(this.env)));
  }

  get #deps() {
    return this.#parts.deps;
  }

  get #log() {
    return this.#parts.log;
  }

  get #titles() {
    return this.#parts.titles;
  }

  get #lost() {
    return this.#parts.lost;
  }

  get #subscribers() {
    return this.#parts.readers;
  }

  get #beginning() {
    return this.#parts.beginning;
  }

  get #fileChanges() {
    return this.#parts.fileChanges;
  }

  get #runner() {
    return this.#parts.runner;
  }

  get #alarm() {
    return this.#parts.alarm;
  }

  get #live() {
    return this.#parts.runner.live;
  }
}
