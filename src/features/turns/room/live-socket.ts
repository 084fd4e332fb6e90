/** One live socket: a position in the chat's log, kept with the connection, so that the room may sleep. */
import { utf8Length } from "../../../lib/bytes.ts";
import type { EventLog } from "./event-log.ts";
import { type Pace, SendBudget } from "./send-budget.ts";
import type { SocketKey } from "../store/tickets.ts";
import { type Closing, encodeFrame } from "../wire/socket.ts";

const MOST_FRAMES_PER_SECOND = 10;
const MOST_REWINDS = 8;

/**
 * The runtime takes whatever is sent, and keeps it in memory until it is read; it does not say how much
 * that is. So a socket is sent so much in all: a client that reads connects again, and resumes.
 */
const MOST_BYTES = 8 * 1024 * 1024;
const PACE: Pace = { burstBytes: 1024 * 1024, bytesPerSecond: 1024 * 1024 };

/** What the runtime keeps of a frame beside its text, and what the network adds to it. */
const BYTES_AROUND_FRAME = 64;

/** What outlives the room's memory. Sockets that an older version opened lack the optional ones. */
type Attachment = SocketKey & { lastId: number; sentBytes?: number; notedAt?: number };

export class LiveSocket {
  readonly key: SocketKey;
  readonly #ws: WebSocket;
  readonly #log: EventLog;
  readonly #budget: SendBudget;
  #lastId: number;
  /** The highest id that it was sent, also where it went back since. */
  #furthestId: number;
  #sentBytes: number;
  #notedAt: number;
  #rewinds = 0;
  #secondFrom = 0;
  #framesInSecond = 0;

  private constructor(ws: WebSocket, log: EventLog, attachment: Attachment, now: number) {
    const { lastId, sentBytes = 0, notedAt = now, ...key } = attachment;
    this.key = key;
    this.#ws = ws;
    this.#log = log;
    this.#budget = new SendBudget(PACE, now);
    this.#lastId = lastId;
    this.#furthestId = lastId;
    this.#sentBytes = sentBytes;
    this.#notedAt = notedAt;
  }

  /** A new one, that is sent what comes after an id. */
  static open(ws: WebSocket, log: EventLog, attachment: Attachment, now: number): LiveSocket {
    const socket = new LiveSocket(ws, log, attachment, now);
    socket.#keep();
    return socket;
  }

  /** One that was connected before the room woke up. */
  static restore(ws: WebSocket, log: EventLog, now: number): LiveSocket {
    return new LiveSocket(ws, log, ws.deserializeAttachment(), now);
  }

  /** Bytes that it was sent so far: of those that are not read, the runtime keeps a copy. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** True where it was sent all that one socket may be. */
  get isSpent(): boolean {
    return this.#sentBytes >= MOST_BYTES;
  }

  /** True where the log may have something that it was not sent. */
  get isBehind(): boolean {
    return this.#lastId < this.#log.lastId;
  }

  /** True once its session has expired. */
  isExpired(now: number): boolean {
    return now >= (this.key.expiresAt ?? Infinity);
  }

  /** Milliseconds until it may be sent more of the log. */
  waitMs(now: number): number {
    return this.#budget.waitMs(now);
  }

  /** Sends the next page of the log; its bytes, 0 where there is none. */
  sendPage(now: number): number {
    const events = this.#log.readAfter(this.#lastId);
    const sentBefore = this.#sentBytes;
    for (const event of events) this.send(encodeFrame(event));
    this.#lastId = events.at(-1)?.id ?? this.#lastId;
    this.#furthestId = Math.max(this.#furthestId, this.#lastId);
    const bytes = this.#sentBytes - sentBefore;
    this.#budget.spend(bytes, now);
    if (bytes > 0) this.#keep();
    return bytes;
  }

  send(frame: string): void {
    this.#ws.send(frame);
    this.#sentBytes += utf8Length(frame) + BYTES_AROUND_FRAME;
  }

  /** Goes on after an id of this chat; false where it went back too often. */
  resume(after: number): boolean {
    if (after < this.#furthestId) this.#rewinds++;
    if (this.#rewinds > MOST_REWINDS) return false;
    this.#lastId = after;
    this.#keep();
    return true;
  }

  close({ code, reason }: Closing): void {
    try {
      this.#keep();
      this.#ws.close(code, reason);
    } catch {
      // The connection is gone already.
    }
  }

  /** Counts a frame of the client; false where there were too many within a second. */
  admitFrame(now: number): boolean {
    if (now - this.#secondFrom >= 1000) {
      this.#secondFrom = now;
      this.#framesInSecond = 0;
    }
    return ++this.#framesInSecond <= MOST_FRAMES_PER_SECOND;
  }

  /** True where its activity was not noted for a while; it counts as noted from here on. */
  isDue(now: number, everyMs: number): boolean {
    if (now - this.#notedAt < everyMs) return false;
    this.#notedAt = now;
    this.#keep();
    return true;
  }

  #keep(): void {
    this.#ws.serializeAttachment({
      ...this.key,
      lastId: this.#lastId,
      sentBytes: this.#sentBytes,
      notedAt: this.#notedAt,
    } satisfies Attachment);
  }
}
