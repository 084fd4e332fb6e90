/** Reading a chat's log as a durable stream: across its turns, in pages, with a wait for what comes next. */
import type { NumberedEvent } from "../wire/events.ts";
import { encodeArray, type LogPosition } from "../wire/durable-streams.ts";
import type { FollowLog, FollowResult, LogPage, LogRefusal, ReadLog } from "./contract.ts";
import type { EventLog } from "./event-log.ts";
import type { SseSubscribers } from "./sse-subscribers.ts";

/** A page ends with the rows of the log that reach one of these figures; a row has at most 32 events. */
const MOST_EVENTS = 512;
const MOST_LENGTH = 128 * 1024;

export class DurableReads {
  readonly #log: EventLog;
  readonly #subscribers: SseSubscribers;

  constructor(log: EventLog, subscribers: SseSubscribers) {
    this.#log = log;
    this.#subscribers = subscribers;
  }

  /** The next page; where there is nothing yet and the request waits, what comes within a limited time. */
  async read({ position, sessionId, waits }: ReadLog): Promise<LogPage | LogRefusal> {
    const after = this.#find(position);
    if (typeof after !== "number") return after;
    if (!waits || !this.#log.isAtEnd(after)) return this.#pageAfter(after);
    const waited = await this.#subscribers.waitForEvent(sessionId);
    if (waited === "too_many_subscribers") return waited;
    return waited ? closedPage(after, waited) : this.#pageAfter(after);
  }

  /** A stream of the log from a position on, for a limited time. */
  follow({ position, sessionId, cursor }: FollowLog): FollowResult {
    const after = this.#find(position);
    return typeof after === "number" ? this.#subscribers.follow(after, sessionId, cursor) : after;
  }

  /** The id to read after. */
  #find(position: LogPosition): number | LogRefusal {
    const { lastId, firstCursor } = this.#log;
    if (position === "start") return firstCursor;
    if (position === "end") return lastId;
    if (position > lastId) return "unknown_offset";
    return position < firstCursor ? "log_pruned" : position;
  }

  #pageAfter(after: number): LogPage {
    const events: NumberedEvent[] = [];
    let [length, next] = [0, this.#log.readAfter(after)];
    while (next.length > 0 && events.length < MOST_EVENTS && length < MOST_LENGTH) {
      events.push(...next);
      length += JSON.stringify(next).length;
      next = this.#log.readAfter(events.at(-1)?.id ?? after);
    }
    return { ...toPage(after, events), isAtEnd: next.length === 0, isClosed: false };
  }
}

function closedPage(after: number, last: readonly NumberedEvent[]): LogPage {
  return { ...toPage(after, last), isAtEnd: true, isClosed: true };
}

function toPage(after: number, events: readonly NumberedEvent[]) {
  const lastId = events.at(-1)?.id ?? after;
  return { json: encodeArray(events), after, lastId };
}
