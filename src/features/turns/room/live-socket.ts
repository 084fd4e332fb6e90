/** One live socket: a place in the chat's log, kept with the connection, so that the room may sleep. */
import type { TurnLog } from "./turn-log.ts";
import type { SocketKey } from "../tickets.ts";
import { type Closing, encodeFrame } from "../wires/socket.ts";

const MOST_FRAMES_PER_SECOND = 10;

/** The runtime takes whatever is sent, read or not: how often the log may be asked for again is bounded. */
const MOST_REWINDS = 8;

/** What outlives the room's memory. */
type Attachment = SocketKey & { lastId: number };

export class LiveSocket {
  readonly key: SocketKey;
  readonly #ws: WebSocket;
  readonly #log: TurnLog;
  #lastId: number;
  #rewinds = 0;
  #secondFrom = 0;
  #framesInSecond = 0;
  #notedAt: number;

  private constructor(ws: WebSocket, log: TurnLog, { lastId, ...key }: Attachment, now: number) {
    this.key = key;
    this.#ws = ws;
    this.#log = log;
    this.#lastId = lastId;
    this.#notedAt = now;
  }

  /** A new one, that is told what comes after an id. */
  static open(ws: WebSocket, log: TurnLog, attachment: Attachment, now: number): LiveSocket {
    const socket = new LiveSocket(ws, log, attachment, now);
    socket.#keep();
    return socket;
  }

  /** One that was open before the room woke up. */
  static restore(ws: WebSocket, log: TurnLog, now: number): LiveSocket {
    return new LiveSocket(ws, log, ws.deserializeAttachment(), now);
  }

  /** Sends the next page of the log; true where there may be more. */
  sendPage(): boolean {
    const events = this.#log.readAfter(this.#lastId);
    const last = events.at(-1);
    if (!last) return false;
    for (const event of events) this.#ws.send(encodeFrame(event));
    this.#lastId = last.id;
    this.#keep();
    return last.id < this.#log.lastId;
  }

  send(frame: string): void {
    this.#ws.send(frame);
  }

  /** Goes on after an id of this chat; false where it went back too often. */
  resume(after: number): boolean {
    if (after < this.#lastId) this.#rewinds++;
    if (this.#rewinds > MOST_REWINDS) return false;
    this.#lastId = after;
    this.#keep();
    return true;
  }

  close({ code, reason }: Closing): void {
    try {
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
    return true;
  }

  #keep(): void {
    this.#ws.serializeAttachment({ ...this.key, lastId: this.#lastId } satisfies Attachment);
  }
}
