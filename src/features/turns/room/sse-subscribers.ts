/** Who reads a chat's log right now. A reader is a place in the log: nothing is queued for it. */
import type { Deps } from "../../../deps.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { catalogue } from "../../../lib/problem.ts";
import type { NumberedEvent, TurnEvent } from "../wire/events.ts";
import type { JoinResult } from "./contract.ts";
import { RoomSockets } from "./sockets.ts";
import type { EventLog } from "./event-log.ts";
import type { RecordedTurn } from "./turn-table.ts";
import { encodePage } from "../wire/sse.ts";
import { HEARTBEAT, OPENING } from "../../../http/event-stream.ts";

/** Streams that read the log at the same time. Who asks a question always gets the stream of its answer. */
const MOST_STREAMS = 64;

/** The end of a turn whose chat is deleted. They are in no log: that is deleted too. */
const CHAT_DELETED: readonly TurnEvent[] = [
  { type: "error", error: catalogue.chat_deleted.detail, code: "chat_deleted" },
  { type: "stream_complete" },
];

export class SseSubscribers {
  readonly sockets: RoomSockets;
  readonly #ctx: DurableObjectState;
  readonly #log: EventLog;
  readonly #heartbeatMs: number;
  readonly #ended = new EndedSessions();
  readonly #open = new Set<SseSubscriber>();
  #heart: ReturnType<typeof setInterval> | undefined;

  constructor(ctx: DurableObjectState, deps: Deps, log: EventLog) {
    this.sockets = new RoomSockets(ctx, deps, log, this.#ended);
    this.#ctx = ctx;
    this.#log = log;
    this.#heartbeatMs = deps.config.TURN_LIMITS.heartbeat_ms;
  }

  /** A stream of the turn's events after an id, until its last or until the reader's sign-in ends. */
  subscribe(after: number, sessionId: string): ReadableStream<Uint8Array> {
    const reader = new SseSubscriber(this.#log, { after, sessionId });
    this.#open.add(reader);
    this.#heart ??= setInterval(() => this.#sendHeartbeats(), this.#heartbeatMs);
    // Without this, the room may sleep before the last byte is out.
    this.#ctx.waitUntil(reader.left.finally(() => this.#leave(reader)));
    if (this.#ended.has(sessionId)) reader.close();
    return reader.stream;
  }

  /** The same for who only watches, as far as there is room. */
  subscribeIfRoom(after: number, sessionId: string): JoinResult {
    if (this.#open.size >= MOST_STREAMS) return "too_many_subscribers";
    return { stream: this.subscribe(after, sessionId) };
  }

  /** There is something new in the log. */
  notify(): void {
    for (const reader of this.#open) reader.wake();
    this.sockets.notify();
  }

  /** Ends the streams and sockets of a sign-in, without a last event: the turn goes on. */
  endSession(sessionId: string): void {
    this.#ended.add(sessionId);
    this.sockets.endSession(sessionId);
    for (const reader of this.#open) if (reader.sessionId === sessionId) reader.close();
  }

  /** Ends the streams that were still in the middle of turns whose log is gone. */
  closePruned(turns: readonly RecordedTurn[]): void {
    for (const reader of this.#open) if (turns.some((turn) => reader.isIn(turn))) reader.close();
  }

  /** Ends every stream and socket: the chat is deleted. Who is in the middle of a turn is told so. */
  closeAll(isRunning: boolean): void {
    const last = CHAT_DELETED.map((event, index) => ({ id: this.#log.lastId + 1 + index, event }));
    this.sockets.closeAll(isRunning ? last : []);
    for (const reader of this.#open) reader.closeWith(last);
  }

  #sendHeartbeats(): void {
    for (const reader of this.#open) reader.sendHeartbeat();
  }

  #leave(reader: SseSubscriber): void {
    this.#open.delete(reader);
    if (this.#open.size > 0) return;
    clearInterval(this.#heart);
    this.#heart = undefined;
  }
}

/**
 * Sends what the log has, each time that more is asked for: a slow reader lags behind in the log, slows
 * nobody, and gets what came meanwhile together. Asked, and not written to: this is on the path of every
 * token, and workerd enters the isolate twice for a write (past the output gate, and once it is taken).
 */
class SseSubscriber {
  readonly sessionId: string;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #log: EventLog;
  readonly #left = Promise.withResolvers<void>();
  #out: ReadableStreamDefaultController<Uint8Array> | undefined;
  #lastId: number;
  /** What was read of the log, and is still to be sent. */
  #ahead: NumberedEvent[] = [];
  /** True from when more is asked for until something is sent. */
  #wanted = false;
  /** True from a beat that found the same piece still not taken, until it is. */
  #late = false;
  #closed = false;

  constructor(log: EventLog, { after, sessionId }: { after: number; sessionId: string }) {
    this.sessionId = sessionId;
    this.#log = log;
    this.#lastId = after;
    this.stream = new ReadableStream(
      {
        start: (out) => this.#start(out),
        pull: () => this.#pull(),
        cancel: this.#left.resolve,
      },
      { highWaterMark: 0 },
    );
  }

  /** Resolves after the turn's last event, or when the reader leaves. */
  get left(): Promise<void> {
    return this.#left.promise;
  }

  /** True where events of the turn are still to come. */
  isIn({ firstId, lastId }: RecordedTurn): boolean {
    return this.#lastId >= firstId - 1 && this.#lastId < lastId;
  }

  /** Sends what is new, if it is wanted: else that is looked for again as soon as it is. */
  wake(): void {
    if (!this.#wanted) return;
    if (!this.#closed) this.#readAhead();
    const page = encodePage(this.#ahead);
    if (!page) return this.#closed ? this.#end() : undefined;
    this.#ahead = this.#ahead.slice(page.count);
    this.#lastId = page.lastId;
    this.#closed ||= page.isLast;
    this.#send(page.bytes);
  }

  /**
   * Sends a comment, also where something was sent since the last beat: else the silence after that
   * could last for almost two. One that has taken nothing for two beats is cut: it can resume after the
   * last id that it has.
   */
  sendHeartbeat(): void {
    if (this.#wanted) this.#send(HEARTBEAT);
    else if (this.#late) this.#cut();
    else this.#late = true;
  }

  /** Ends the stream, without what it has not sent yet. */
  close(): void {
    this.#ahead = [];
    this.#closed = true;
    this.wake();
  }

  /**
   * Ends the stream with these events, unless it is at its end anyway. One that lags behind gets them after
   * the next page of the log, the rest of which is gone.
   */
  closeWith(last: readonly NumberedEvent[]): void {
    if (this.#closed) return;
    this.#readAhead();
    const isOver = this.#ahead.at(-1)?.event.type === "stream_complete";
    if (!isOver) this.#ahead = [...this.#ahead, ...last];
    this.#closed = true;
    this.wake();
  }

  #readAhead(): void {
    if (this.#ahead.length === 0) this.#ahead = this.#log.readAfter(this.#lastId);
  }

  #start(out: ReadableStreamDefaultController<Uint8Array>): void {
    this.#out = out;
    this.#send(OPENING);
  }

  #pull(): void {
    this.#wanted = true;
    this.wake();
  }

  #send(bytes: Uint8Array): void {
    this.#wanted = false;
    this.#late = false;
    this.#out?.enqueue(bytes);
  }

  #cut(): void {
    this.#out?.error(new Error("too slow"));
    this.#left.resolve();
  }

  #end(): void {
    this.#wanted = false;
    this.#out?.close();
    this.#left.resolve();
  }
}
