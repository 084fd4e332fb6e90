/** Who reads a chat's log right now. A reader is a place in the log: nothing is queued for it. */
import type { NumberedEvent } from "./events.ts";
import type { TurnLog } from "./turn-log.ts";
import { encodeSse, HEARTBEAT, OPENING } from "./wires/sse.ts";

export class Readers {
  readonly #log: TurnLog;
  readonly #heartbeatMs: number;
  readonly #keepAlive: (reading: Promise<void>) => void;
  readonly #open = new Set<Reader>();
  #heart: ReturnType<typeof setInterval> | undefined;

  /** `keepAlive` is told of every reading: without it, the room may sleep before the last byte is out. */
  constructor(log: TurnLog, heartbeatMs: number, keepAlive: (reading: Promise<void>) => void) {
    this.#log = log;
    this.#heartbeatMs = heartbeatMs;
    this.#keepAlive = keepAlive;
  }

  /** A stream of the turn's events after an id, until its last. */
  read(after: number): ReadableStream<Uint8Array> {
    const { readable, writable } = new IdentityTransformStream();
    const reader = new Reader(this.#log, after, writable.getWriter());
    this.#open.add(reader);
    this.#heart ??= setInterval(() => this.#beat(), this.#heartbeatMs);
    this.#keepAlive(reader.run().finally(() => this.#leave(reader)));
    return readable;
  }

  /** There is something new in the log. */
  notify(): void {
    for (const reader of this.#open) reader.wake();
  }

  /** Ends every stream: what they read is gone. */
  closeAll(): void {
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
 * Writes what the log has, one event a write, each once the one before it was taken: a slow reader
 * lags behind in the log, and slows nobody.
 */
class Reader {
  readonly #log: TurnLog;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #lastId: number;
  #news = Promise.withResolvers<void>();
  #waiting = false;
  #quiet = false;
  #closed = false;

  constructor(log: TurnLog, after: number, writer: WritableStreamDefaultWriter<Uint8Array>) {
    this.#log = log;
    this.#lastId = after;
    this.#writer = writer;
  }

  /** Resolves at the turn's last event, or when the reader leaves. */
  async run(): Promise<void> {
    try {
      await this.#writer.write(OPENING);
      while (!this.#closed) await this.#sendPage(this.#log.readAfter(this.#lastId));
      await this.#writer.close();
    } catch {
      // The reader left. Whatever it read goes on without it.
    }
  }

  wake(): void {
    if (this.#waiting) this.#news.resolve();
  }

  /** A comment, where nothing was sent since the last beat and nothing is on its way. */
  beat(): void {
    if (this.#quiet && this.#waiting) this.#writer.write(HEARTBEAT).catch(() => this.close());
    this.#quiet = true;
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  async #sendPage(page: NumberedEvent[]): Promise<void> {
    if (page.length === 0) return this.#somethingNew();
    for (const numbered of page) {
      await this.#writer.write(encodeSse(numbered));
      this.#lastId = numbered.id;
      this.#quiet = false;
      if (numbered.event.type === "stream_complete") this.#closed = true;
    }
  }

  async #somethingNew(): Promise<void> {
    this.#waiting = true;
    await this.#news.promise;
    this.#waiting = false;
    this.#news = Promise.withResolvers();
  }
}
