/**
 * The Durable Object of one chat. It owns the running turn, its log and its subscribers, so a client that
 * disconnects stops nothing. This class only connects the platform's callbacks and the RPC methods to the
 * parts of the room.
 */
import { DurableObject } from "cloudflare:workers";
import { createDeps } from "../../../deps.ts";
import type { Env } from "../../../env.ts";
import { toProblem } from "../../../http/problem-response.ts";
import { systemClock } from "../../../lib/clock.ts";
import { logError, logEvent } from "../../../lib/log.ts";
import { runTraced, type Trace } from "../../../lib/trace.ts";
import type { Message } from "../../messages/schemas.ts";
import { type ChatUpdate, encodeFileStatus, type FileChange } from "../wire/socket.ts";
import type { Wire } from "../wire/wires.ts";
import { assembleRoom, type RoomParts } from "./assemble.ts";
import type {
  AttachResult,
  AttachTurn,
  FollowLog,
  FollowResult,
  LogPage,
  LogRefusal,
  ReadLog,
  ReadResult,
  Settled,
  StartResult,
  StartTurn,
  StopTurn,
} from "./contract.ts";

/** The time to the next alarm after one that failed. */
const FAILED_ALARM_PAUSE_MS = 60_000;

export class ChatRoom extends DurableObject<Env> {
  #assembled: RoomParts | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.waitUntil(runTraced(undefined, () => this.#onWake()));
  }

  /** Starts a turn: its stream, its outcome, or why it is refused. */
  async start(request: StartTurn): Promise<StartResult> {
    return runTraced(request.traceparent, () => this.#room.starter.start(request));
  }

  /**
   * Streams the rest of the turn that an event belongs to; without an id, the running turn from its start. On
   * another wire than our own there is no id.
   */
  read(after: number | undefined, sessionId: string, wire?: Wire): ReadResult {
    const { log, subscribers, runner } = this.#room;
    const cursor =
      after === undefined ? (runner.live?.cursor ?? "nothing") : log.cursorAfter(after);
    return typeof cursor === "number"
      ? subscribers.subscribeWithinLimit(cursor, sessionId, wire)
      : cursor;
  }

  /** A page of the log across its turns. */
  readLog(request: ReadLog): Promise<LogPage | LogRefusal> {
    return this.#room.reads.read(request);
  }

  /** Streams the log across its turns. */
  followLog(request: FollowLog): FollowResult {
    return this.#room.reads.follow(request);
  }

  /** Attaches a repeated request to its turn, while that runs and as long as its log is kept. */
  async attach({ userId, sessionId, answerId, wait, wire }: AttachTurn): Promise<AttachResult> {
    const { log, pending, recovery, runner, subscribers } = this.#room;
    await pending.settled(answerId);
    const turn = log.turns.find(answerId);
    if (turn?.userId !== userId) return "gone";
    const live = runner.live?.answerId === answerId ? runner.live : undefined;
    if (live && wait) return { outcome: await live.outcome };
    const cursor = live?.cursor ?? turn.firstId - 1;
    const hasLog = live !== undefined || (!wait && turn.lastId > 0);
    if (hasLog) return subscribers.subscribeWithinLimit(cursor, sessionId, wire);
    if (turn.state !== "ended") await recovery.settle(answerId);
    return "gone";
  }

  /** Stops a pending or running answer. Resolves to it as it stands; undefined where there is none. */
  async stop(request: StopTurn): Promise<Message | undefined> {
    const { pending, runner } = this.#room;
    const stopped = await pending.stop(request);
    return stopped ?? runner.live?.stop(request.userId, request.messageId);
  }

  /** Ends an answer that is streaming in Postgres, unless it runs here. */
  settle(answerId: string): Promise<Settled> {
    return this.#room.recovery.settle(answerId);
  }

  /** A session has ended: closes its streams and sockets. Its turn goes on. */
  endSession(sessionId: string): void {
    this.#room.subscribers.endSession(sessionId);
  }

  /** A file of the chat has changed: wakes a turn that waits for it, and notifies the sockets. */
  fileChanged(change: FileChange): void {
    const { fileChanges, subscribers, warmPath } = this.#room;
    warmPath.drop();
    fileChanges.notify();
    subscribers.sockets.broadcast(encodeFileStatus(change));
  }

  /** The chat itself has changed: sends it to the sockets. */
  chatChanged(change: ChatUpdate): void {
    const { subscribers, warmPath } = this.#room;
    warmPath.drop();
    subscribers.sockets.broadcastChat(change);
  }

  /** The chat is deleted: stops its turn, closes its streams and sockets, and deletes what is stored. */
  async erase(): Promise<void> {
    const { alarm, pending, runner, subscribers, warmPath } = this.#room;
    warmPath.drop();
    pending.clear();
    subscribers.closeAll(runner.live !== undefined);
    runner.drop();
    await alarm.deleteRoom();
  }

  /** Sets the alarm of a room that has work but none. True where that was so. */
  ensureAlarm(): Promise<boolean> {
    return this.#room.alarm.ensure();
  }

  /** Opens a live socket, from the start of a running turn, else from the next event on. */
  override fetch(request: Request): Response {
    const { log, runner, subscribers } = this.#room;
    return subscribers.sockets.accept(request, runner.live?.cursor ?? log.lastId);
  }

  override webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): void {
    this.#room.subscribers.sockets.onMessage(ws, data);
  }

  override webSocketClose(ws: WebSocket): void {
    this.#room.subscribers.sockets.onClose(ws);
  }

  override webSocketError(ws: WebSocket): void {
    this.#room.subscribers.sockets.onGone(ws);
  }

  /** Never rejects, not even under an invalid environment: the platform retries an alarm only a few times. */
  override alarm(): Promise<void> {
    return runTraced(undefined, (trace) => this.#onAlarm(trace));
  }

  async #onAlarm(trace: Trace): Promise<void> {
    const room_id = this.ctx.id.toString();
    try {
      await this.#room.alarm.run();
      logEvent("alarm", { room_id, ...trace.fields });
    } catch (error) {
      logError("alarm_failed", { room_id, ...trace.fields, cause: toProblem(error).code });
      await this.ctx.storage.setAlarm(systemClock() + FAILED_ALARM_PAUSE_MS);
    }
  }

  /** Ends the turns that a crash interrupted, and sets the alarm where the platform has given up on it. */
  async #onWake(): Promise<void> {
    try {
      const { recovery, subscribers, alarm } = this.#room;
      const recovering = recovery.recover();
      subscribers.notify();
      await Promise.all([recovering, alarm.ensure()]);
    } catch (error) {
      logError("wake_failed", { cause: toProblem(error).code });
    }
  }

  /** Assembled at first use, so that a room under an invalid environment can still set its alarm. */
  get #room(): RoomParts {
    return (this.#assembled ??= assembleRoom(this.ctx, createDeps(this.env)));
  }
}
