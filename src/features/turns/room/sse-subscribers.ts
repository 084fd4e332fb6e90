/** The subscribers of a chat's log: SSE streams and live sockets. Each is a cursor in the log; nothing is queued. */
import type { Deps } from "../../../deps.ts";
import { HEARTBEAT, OPENING } from "../../../http/event-stream.ts";
import { catalogue } from "../../../lib/problem.ts";
import { DurableStreamEncoder, nextCursor } from "../wire/durable-streams.ts";
import type { PageSource } from "../wire/encoder.ts";
import type { NumberedEvent, TurnEvent } from "../wire/events.ts";
import { createPageEncoder, EVENTS, type Wire } from "../wire/wires.ts";
import type { SubscribeResult } from "./contract.ts";
import type { EventLog } from "./event-log.ts";
import { LogWaiters } from "./log-waiters.ts";
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
  readonly #deps: Deps;
  readonly #ended = new EndedSessions();
  readonly #open = new Set<SseSubscriber>();
  readonly #waiters = new LogWaiters();
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(ctx: DurableObjectState, deps: Deps, log: EventLog) {
    this.sockets = new RoomSockets(ctx, deps, log, this.#ended);
    this.#ctx = ctx;
    this.#log = log;
    this.#deps = deps;
  }

  /**
   * A stream of the turn's events after an id, until the last one or the end of the session. On another wire than
   * our own, the id is the one before the turn's first event.
   */
  subscribe(after: number, sessionId: string, wire = EVENTS): ReadableStream<Uint8Array> {
    return this.#add({ after, sessionId, encoder: createPageEncoder(wire) }).stream;
  }

  /** The same, for a client that did not send the user message: refused beyond the limit. */
  subscribeWithinLimit(after: number, sessionId: string, wire?: Wire): SubscribeResult {
    if (this.#isFull) return "too_many_subscribers";
    return { stream: this.subscribe(after, sessionId, wire) };
  }

  /**
   * A durable stream of the log after an id, across its turns, for a limited time. `cursor`: the client's last.
   */
  follow(after: number, sessionId: string, cursor?: string): SubscribeResult {
    if (this.#isFull) return "too_many_subscribers";
    const { clock, config } = this.#deps;
    const encoder = new DurableStreamEncoder({
      after,
      isAtEnd: (id) => this.#log.isAtEnd(id),
      cursor: () => nextCursor(clock(), cursor),
    });
    const subscriber = this.#add({ after, sessionId, encoder, spansTurns: true });
    const timer = setTimeout(() => subscriber.close(), config.TURN_LIMITS.follow_ms);
    this.#ctx.waitUntil(subscriber.closed.finally(() => clearTimeout(timer)));
    return { stream: subscriber.stream };
  }

  /**
   * Resolves at the next event of the log, or after a limited time; at once for a session that has ended. Resolves to
   * the last events where the chat was deleted meanwhile.
   */
  async waitForEvent(
    sessionId: string,
  ): Promise<readonly NumberedEvent[] | "too_many_subscribers" | undefined> {
    if (this.#ended.has(sessionId)) return undefined;
    if (this.#isFull) return "too_many_subscribers";
    return this.#waiters.wait(sessionId, this.#deps.config.TURN_LIMITS.long_poll_ms);
  }

  /** The log has a new event. */
  notify(): void {
    for (const subscriber of this.#open) subscriber.onEvent();
    this.#waiters.wake();
    this.sockets.notify();
  }

  /** Closes the streams and sockets of a session, without a last event: the turn goes on. */
  endSession(sessionId: string): void {
    this.#ended.add(sessionId);
    this.sockets.endSession(sessionId);
    this.#waiters.endSession(sessionId);
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
    const next = isRunning ? last : [];
    this.sockets.closeAll(next);
    this.#waiters.closeAll(next);
    for (const subscriber of this.#open) {
      subscriber.closeWith(subscriber.spansTurns ? next : last);
    }
  }

  get #isFull(): boolean {
    return this.#open.size + this.#waiters.count >= MOST_STREAMS;
  }

  #add(subscription: Subscription): SseSubscriber {
    const subscriber = new SseSubscriber(this.#log, subscription);
    this.#open.add(subscriber);
    const { heartbeat_ms: heartbeatMs } = this.#deps.config.TURN_LIMITS;
    this.#heartbeat ??= setInterval(() => this.#sendHeartbeats(), heartbeatMs);
    // Otherwise the room may sleep before the last byte is sent.
    this.#ctx.waitUntil(subscriber.closed.finally(() => this.#remove(subscriber)));
    if (this.#ended.has(subscription.sessionId)) subscriber.close();
    return subscriber;
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

type Subscription = {
  after: number;
  sessionId: string;
  encoder: PageSource;
  /** True where the stream goes on with the next turn. */
  spansTurns?: boolean;
};

/**
 * One stream. It sends a page of the log whenever the runtime pulls: a slow client lags behind, delays nobody,
 * and gets what it missed in larger pieces. It is pulled and not written to, because this is on the path of
 * every token, and workerd enters the isolate twice for a write.
 */
class SseSubscriber {
  readonly sessionId: string;
  readonly spansTurns: boolean;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #log: EventLog;
  readonly #encoder: PageSource;
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
  /** True where the chat is deleted, and the stream has everything that its log had. */
  #isClosed = false;

  constructor(log: EventLog, { after, sessionId, encoder, spansTurns = false }: Subscription) {
    this.sessionId = sessionId;
    this.spansTurns = spansTurns;
    this.#log = log;
    this.#encoder = encoder;
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
   * after the next page of the log; the pages after that are deleted. One that spans turns then ends without them.
   */
  closeWith(last: readonly NumberedEvent[]): void {
    if (this.#isEnding) return;
    this.#readAhead();
    if (this.#lacks()) this.#ahead = [...this.#ahead, ...last];
    this.#isEnding = true;
    this.onEvent();
  }

  /** True where the last events of the chat follow what is read ahead. */
  #lacks(): boolean {
    const newest = this.#ahead.at(-1);
    if (!this.spansTurns) return newest?.event.type !== "stream_complete";
    this.#isClosed = this.#log.isAtEnd(newest?.id ?? this.#lastId);
    return this.#isClosed;
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
    const cut = this.#isWhole ? undefined : this.#encoder.encodeCut(this.#isClosed);
    if (cut && cut.length > 0) this.#out?.enqueue(cut);
    this.#out?.close();
    this.#closed.resolve();
  }
}
