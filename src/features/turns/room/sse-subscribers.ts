/** The subscribers of a chat's log: SSE streams and live sockets. Each is a cursor in the log; nothing is queued. */
import type { Deps } from "../../../deps.ts";
import { HEARTBEAT, OPENING } from "../../../http/event-stream.ts";
import { catalogue } from "../../../lib/problem.ts";
import type { PageEncoder } from "../wire/encoder.ts";
import type { NumberedEvent, TurnEvent } from "../wire/events.ts";
import { createPageEncoder, EVENTS, type Wire } from "../wire/wires.ts";
import type { SubscribeResult } from "./contract.ts";
import type { EventLog } from "./event-log.ts";
import { EndedSessions, RoomSockets } from "./sockets.ts";
import type { StoredTurn } from "./turn-table.ts";

/** Streams of one chat at the same time. Whoever sends a user message gets its stream beyond that too. */
const MOST_STREAMS = 64;

/** The last events of a turn whose chat is deleted. They are in no log, because that is deleted too. */
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
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(ctx: DurableObjectState, deps: Deps, log: EventLog) {
    this.sockets = new RoomSockets(ctx, deps, log, this.#ended);
    this.#ctx = ctx;
    this.#log = log;
    this.#heartbeatMs = deps.config.TURN_LIMITS.heartbeat_ms;
  }

  /**
   * A stream of the turn's events after an id, until the last one or the end of the session. On another wire than
   * our own, the id is the one before the turn's first event.
   */
  subscribe(after: number, sessionId: string, wire = EVENTS): ReadableStream<Uint8Array> {
    const subscriber = new SseSubscriber(this.#log, { after, sessionId, wire });
    this.#open.add(subscriber);
    this.#heartbeat ??= setInterval(() => this.#sendHeartbeats(), this.#heartbeatMs);
    // Otherwise the room may sleep before the last byte is sent.
    this.#ctx.waitUntil(subscriber.closed.finally(() => this.#remove(subscriber)));
    if (this.#ended.has(sessionId)) subscriber.close();
    return subscriber.stream;
  }

  /** The same, for a client that did not send the user message: refused beyond the limit. */
  subscribeWithinLimit(after: number, sessionId: string, wire?: Wire): SubscribeResult {
    if (this.#open.size >= MOST_STREAMS) return "too_many_subscribers";
    return { stream: this.subscribe(after, sessionId, wire) };
  }

  /** The log has a new event. */
  notify(): void {
    for (const subscriber of this.#open) subscriber.onEvent();
    this.sockets.notify();
  }

  /** Closes the streams and sockets of a session, without a last event: the turn goes on. */
  endSession(sessionId: string): void {
    this.#ended.add(sessionId);
    this.sockets.endSession(sessionId);
    for (const subscriber of this.#open) {
      if (subscriber.sessionId === sessionId) subscriber.close();
    }
  }

  /** Closes streams that are in the middle of a pruned turn. */
  closePruned(turns: readonly StoredTurn[]): void {
    for (const subscriber of this.#open) {
      if (turns.some((turn) => subscriber.isIn(turn))) subscriber.close();
    }
  }

  /** The chat is deleted: closes every stream and socket, after an error event in the middle of a turn. */
  closeAll(isRunning: boolean): void {
    const last = CHAT_DELETED.map((event, index) => ({ id: this.#log.lastId + 1 + index, event }));
    this.sockets.closeAll(isRunning ? last : []);
    for (const subscriber of this.#open) subscriber.closeWith(last);
  }

  #sendHeartbeats(): void {
    for (const subscriber of this.#open) subscriber.sendHeartbeat();
  }

  #remove(subscriber: SseSubscriber): void {
    this.#open.delete(subscriber);
    if (this.#open.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}

type Subscription = { after: number; sessionId: string; wire: Wire };

/**
 * One stream. It sends a page of the log whenever the runtime pulls: a slow client lags behind, delays nobody,
 * and gets what it missed in larger pieces. It is pulled and not written to, because this is on the path of
 * every token, and workerd enters the isolate twice for a write.
 */
class SseSubscriber {
  readonly sessionId: string;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #log: EventLog;
  readonly #encoder: PageEncoder;
  readonly #closed = Promise.withResolvers<void>();
  #out: ReadableStreamDefaultController<Uint8Array> | undefined;
  #lastId: number;
  /** Events that were read from the log and not sent yet. */
  #ahead: NumberedEvent[] = [];
  /** True from a pull until something is sent. */
  #isPulled = false;
  /** True from a heartbeat that found the last piece not taken, until it is. */
  #isLate = false;
  /** True where nothing follows what is read ahead. */
  #isEnding = false;
  /** True where the last event of the turn is sent. */
  #isWhole = false;

  constructor(log: EventLog, { after, sessionId, wire }: Subscription) {
    this.sessionId = sessionId;
    this.#log = log;
    this.#encoder = createPageEncoder(wire);
    this.#lastId = after;
    this.stream = new ReadableStream(
      {
        start: (out) => this.#start(out),
        pull: () => this.#pull(),
        cancel: this.#closed.resolve,
      },
      { highWaterMark: 0 },
    );
  }

  /** Resolves after the turn's last event, or when the client disconnects. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** True where the stream has not sent all events of the turn. */
  isIn({ firstId, lastId }: StoredTurn): boolean {
    return this.#lastId >= firstId - 1 && this.#lastId < lastId;
  }

  /** Sends the next page, if the runtime has pulled; else the next pull does. */
  onEvent(): void {
    if (!this.#isPulled) return;
    if (!this.#isEnding) this.#readAhead();
    const page = this.#encoder.encodePage(this.#ahead);
    if (!page) return this.#isEnding ? this.#end() : undefined;
    this.#ahead = this.#ahead.slice(page.count);
    this.#lastId = page.lastId;
    if (page.isLast) this.#isEnding = this.#isWhole = true;
    if (page.bytes.length > 0) return this.#send(page.bytes);
    // The wire has nothing for these events.
    this.onEvent();
  }

  /**
   * Sends a comment even shortly after an event, or the silence after that could last for almost two
   * heartbeats. Disconnects a client that has taken nothing for two heartbeats: it can resume.
   */
  sendHeartbeat(): void {
    if (this.#isPulled) this.#send(HEARTBEAT);
    else if (this.#isLate) this.#disconnect();
    else this.#isLate = true;
  }

  /** Closes the stream without the events that it has not sent. */
  close(): void {
    this.#ahead = [];
    this.#isEnding = true;
    this.onEvent();
  }

  /**
   * Closes the stream with these events, unless it is at its end anyway. A stream that lags behind gets them
   * after the next page of the log; the pages after that are deleted.
   */
  closeWith(last: readonly NumberedEvent[]): void {
    if (this.#isEnding) return;
    this.#readAhead();
    const isOver = this.#ahead.at(-1)?.event.type === "stream_complete";
    if (!isOver) this.#ahead = [...this.#ahead, ...last];
    this.#isEnding = true;
    this.onEvent();
  }

  #readAhead(): void {
    if (this.#ahead.length === 0) this.#ahead = this.#log.readAfter(this.#lastId);
  }

  #start(out: ReadableStreamDefaultController<Uint8Array>): void {
    this.#out = out;
    this.#send(OPENING);
  }

  #pull(): void {
    this.#isPulled = true;
    this.onEvent();
  }

  #send(bytes: Uint8Array): void {
    this.#isPulled = false;
    this.#isLate = false;
    this.#out?.enqueue(bytes);
  }

  #disconnect(): void {
    this.#out?.error(new Error("too slow"));
    this.#closed.resolve();
  }

  #end(): void {
    this.#isPulled = false;
    const cut = this.#isWhole ? undefined : this.#encoder.encodeCut();
    if (cut && cut.length > 0) this.#out?.enqueue(cut);
    this.#out?.close();
    this.#closed.resolve();
  }
}
