/** Who reads a chat's log right now. A reader is a place in the log: nothing is queued for it. */
import type { Deps } from "../../../deps.ts";
import { EndedSessions } from "./ended-sessions.ts";
import type { NumberedEvent } from "../events.ts";
import { RoomSockets } from "./room-sockets.ts";
import type { TurnLog } from "./turn-log.ts";
import type { RecordedTurn } from "./turn-table.ts";
import { encodePage, HEARTBEAT, OPENING } from "../wires/sse.ts";

export class Readers {
  readonly sockets: RoomSockets;
  readonly #ctx: DurableObjectState;
  readonly #log: TurnLog;
  readonly #heartbeatMs: number;
  readonly #ended = new EndedSessions();
  readonly #open = new Set<Reader>();
  #heart: ReturnType<typeof setInterval> | undefined;

  constructor(ctx: DurableObjectState, deps: Deps, log: TurnLog) {
    this.sockets = new RoomSockets(ctx, deps, log, this.#ended);
    this.#ctx = ctx;
    this.#log = log;
    this.#heartbeatMs = deps.config.TURN_LIMITS.heartbeat_ms;
  }

  /** A stream of the turn's events after an id, until its last or until the reader's sign-in ends. */
  read(after: number, sessionId: string): ReadableStream<Uint8Array> {
    const { readable, writable } = new IdentityTransformStream();
    const reader = new Reader(this.#log, { after, sessionId }, writable.getWriter());
    this.#open.add(reader);
    this.#heart ??= setInterval(() => this.#beat(), this.#heartbeatMs);
    // Without this, the room may sleep before the last byte is out.
    this.#ctx.waitUntil(reader.run().finally(() => this.#leave(reader)));
    if (this.#ended.has(sessionId)) reader.close();
    return readable;
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
  forget(turns: readonly RecordedTurn[]): void {
    for (const reader of this.#open) if (turns.some((turn) => reader.isIn(turn))) reader.close();
  }

  /** Ends every stream and socket: what they read is gone. */
  closeAll(): void {
    this.sockets.closeAll();
    for (const reader of this.#open) reader.close();
  }

  #beat(): void {
    for (const reader of this.#open) reader.beat();
  }

  #leave(reader: Reader): void {
    this.#open.delete(reader);
    if (this.#open.size > 0) return;
    clearInterval(this.#heart);
    this.#heart = undefined;
  }
}

/**
 * Writes what the log has, each write once the one before it was taken: a slow reader lags behind in
 * the log, slows nobody, and gets what came meanwhile together.
 */
class Reader {
  readonly sessionId: string;
  readonly #log: TurnLog;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended = Promise.withResolvers<void>();
  #lastId: number;
  /** What was read of the log, and is still to be sent. */
  #ahead: NumberedEvent[] = [];
  #writing = false;
  /** True from a beat that found the same write under way, until the next write. */
  #late = false;
  #closed = false;
  /** Made once: a write is on the path of every token. */
  readonly #written = (): void => {
    this.#writing = false;
    this.wake();
  };

  constructor(
    log: TurnLog,
    { after, sessionId }: { after: number; sessionId: string },
    writer: WritableStreamDefaultWriter<Uint8Array>,
  ) {
    this.sessionId = sessionId;
    this.#log = log;
    this.#lastId = after;
    this.#writer = writer;
  }

  /** True where events of the turn are still to come. */
  isIn({ firstId, lastId }: RecordedTurn): boolean {
    return this.#lastId >= firstId - 1 && this.#lastId < lastId;
  }

  /** Resolves after the turn's last event, or when the reader leaves. */
  run(): Promise<void> {
    this.#write(OPENING);
    return this.#ended.promise;
  }

  /** Sends what is new, unless a write is on its way: that looks again at its end. */
  wake(): void {
    if (this.#writing) return;
    if (this.#closed) return this.#end();
    if (this.#ahead.length === 0) this.#ahead = this.#log.readAfter(this.#lastId);
    const page = encodePage(this.#ahead);
    if (!page) return;
    this.#ahead = this.#ahead.slice(page.count);
    this.#lastId = page.lastId;
    this.#closed = page.isLast;
    this.#write(page.bytes);
  }

  /**
   * Sends a comment, also where something was sent since the last beat: else the silence after that
   * could last for almost two. One that has not taken a write for two beats is cut: it can resume after
   * the last id that it has.
   */
  beat(): void {
    if (!this.#writing) this.#write(HEARTBEAT);
    else if (this.#late) this.#cut();
    else this.#late = true;
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  #write(bytes: Uint8Array): void {
    this.#writing = true;
    this.#late = false;
    this.#writer.write(bytes).then(this.#written, this.#ended.resolve);
  }

  #cut(): void {
    this.#writer.abort(new Error("too slow")).then(this.#ended.resolve, this.#ended.resolve);
  }

  /** The reader may leave in between. Whatever it read goes on without it. */
  #end(): void {
    this.#writing = true;
    this.#writer.close().then(this.#ended.resolve, this.#ended.resolve);
  }
}
