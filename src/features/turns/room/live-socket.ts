/** One live socket, and how much it may be sent. Its cursor is kept with the connection, so that the room may sleep. */
import { utf8Length } from "../../../lib/bytes.ts";
import type { SocketKey } from "../store/tickets.ts";
import { type Closing, encodeFrame } from "../wire/socket.ts";
import type { EventLog } from "./event-log.ts";

const MOST_FRAMES_PER_SECOND = 10;
const MOST_REWINDS = 8;

/** Bytes that may be sent at once, and how many more each second. */
export type Pace = { burstBytes: number; bytesPerSecond: number };

/**
 * The runtime keeps whatever is sent in memory until the client reads it, and does not say how much that is.
 * So a socket is sent a limited total: a client that reads connects again, and resumes.
 */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * What the sockets of a room share. Each may have been sent its share before the next one opened: 32 sockets are sent
 * about three times as much in all (the sum of 1/n), however long they are open.
 */
const SHARED_BYTES = 4 * MOST_BYTES;

const PACE: Pace = { burstBytes: 1024 * 1024, bytesPerSecond: 1024 * 1024 };

/** A token bucket of bytes. The last frame may overdraw it; then the wait is longer. Pure. */
export class SendBudget {
  readonly #pace: Pace;
  #leftBytes: number;
  #at: number;

  /** `spentBytes`: sent before. Times are milliseconds since the epoch. */
  constructor(pace: Pace, now: number, spentBytes = 0) {
    this.#pace = pace;
    this.#leftBytes = pace.burstBytes - spentBytes;
    this.#at = now;
  }

  /** Milliseconds until more may be sent; 0 where it may be sent now. */
  waitMs(now: number): number {
    this.#refill(now);
    if (this.#leftBytes > 0) return 0;
    return Math.ceil(((1 - this.#leftBytes) / this.#pace.bytesPerSecond) * 1000);
  }

  spend(bytes: number, now: number): void {
    this.#refill(now);
    this.#leftBytes -= bytes;
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000;
    const refilled = this.#leftBytes + seconds * this.#pace.bytesPerSecond;
    this.#leftBytes = Math.min(this.#pace.burstBytes, refilled);
    this.#at = now;
  }
}

/** The overhead of a frame in the runtime and on the network. */
const BYTES_AROUND_FRAME = 64;

/** What the runtime keeps of a socket while the room sleeps. Sockets of an older version lack the optional fields. */
type Attachment = SocketKey & { lastId: number; sentBytes?: number; savedAt?: number };

export class LiveSocket {
  readonly key: SocketKey;
  readonly #ws: WebSocket;
  readonly #log: EventLog;
  readonly #budget: SendBudget;
  #lastId: number;
  /** The highest id that was sent, which `resume` does not lower. */
  #furthestId: number;
  #sentBytes: number;
  #savedAt: number;
  #rewinds = 0;
  #secondStart = 0;
  #framesInSecond = 0;

  private constructor(ws: WebSocket, log: EventLog, attachment: Attachment, now: number) {
    const { lastId, sentBytes = 0, savedAt = now, ...key } = attachment;
    this.key = key;
    this.#ws = ws;
    this.#log = log;
    this.#budget = new SendBudget(PACE, now);
    this.#lastId = lastId;
    this.#furthestId = lastId;
    this.#sentBytes = sentBytes;
    this.#savedAt = savedAt;
  }

  /** A new socket, which sends the events after `attachment.lastId`. */
  static open(ws: WebSocket, log: EventLog, attachment: Attachment, now: number): LiveSocket {
    const socket = new LiveSocket(ws, log, attachment, now);
    socket.#saveAttachment();
    return socket;
  }

  /** A socket that was open before the room slept. */
  static restore(ws: WebSocket, log: EventLog, now: number): LiveSocket {
    return new LiveSocket(ws, log, ws.deserializeAttachment(), now);
  }

  /** Bytes sent so far, read by the client or not. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** True once it has sent as much as one of so many sockets may. */
  isSpent(sockets: number): boolean {
    return this.#sentBytes >= Math.min(MOST_BYTES, SHARED_BYTES / sockets);
  }

  /** True where the log may have events that were not sent. */
  get isBehind(): boolean {
    return this.#lastId < this.#log.lastId;
  }

  /** True once its session has expired. */
  isExpired(now: number): boolean {
    return now >= (this.key.expiresAt ?? Infinity);
  }

  /** Milliseconds until it may send the next page of the log. */
  waitMs(now: number): number {
    return this.#budget.waitMs(now);
  }

  /** Sends the next page of the log. Returns its bytes, 0 where there is none. */
  sendPage(now: number): number {
    const events = this.#log.readAfter(this.#lastId);
    const sentBefore = this.#sentBytes;
    for (const event of events) this.send(encodeFrame(event));
    this.#lastId = events.at(-1)?.id ?? this.#lastId;
    this.#furthestId = Math.max(this.#furthestId, this.#lastId);
    const bytes = this.#sentBytes - sentBefore;
    this.#budget.spend(bytes, now);
    if (bytes > 0) this.#saveAttachment();
    return bytes;
  }

  send(frame: string): void {
    this.#ws.send(frame);
    this.#sentBytes += utf8Length(frame) + BYTES_AROUND_FRAME;
  }

  /** Moves the cursor to an id of this chat; false where it went back too often. */
  resume(after: number): boolean {
    if (after < this.#furthestId) this.#rewinds++;
    if (this.#rewinds > MOST_REWINDS) return false;
    this.#lastId = after;
    this.#saveAttachment();
    return true;
  }

  close({ code, reason }: Closing): void {
    try {
      this.#saveAttachment();
      this.#ws.close(code, reason);
    } catch {
      // The connection is closed already.
    }
  }

  /** Counts a frame of the client; false where there are too many in one second. */
  admitFrame(now: number): boolean {
    if (now - this.#secondStart >= 1000) {
      this.#secondStart = now;
      this.#framesInSecond = 0;
    }
    return ++this.#framesInSecond <= MOST_FRAMES_PER_SECOND;
  }

  /** True where its activity is to be saved in Postgres again; counts it as saved. */
  isActivityDue(now: number, everyMs: number): boolean {
    if (now - this.#savedAt < everyMs) return false;
    this.#savedAt = now;
    this.#saveAttachment();
    return true;
  }

  #saveAttachment(): void {
    this.#ws.serializeAttachment({
      ...this.key,
      lastId: this.#lastId,
      sentBytes: this.#sentBytes,
      savedAt: this.#savedAt,
    } satisfies Attachment);
  }
}
