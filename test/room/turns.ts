/** Turns as a room appends them to its log. */
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { EventLog } from "../../src/features/turns/room/event-log.ts";
import { RoomStorage } from "../../src/features/turns/room/storage.ts";

export const USER = "a user";

/** The log that a new instance of the room finds in this storage. */
export const openLog = (storage: DurableObjectStorage) => new EventLog(new RoomStorage(storage));

/** What remains after a crash is what the next instance finds. */
export const crash = openLog;

/** Adds a turn that is not committed yet. Returns its answer's id. */
export function prepare(log: EventLog, answerId: string = crypto.randomUUID()): string {
  log.turns.insert({ answerId, userId: USER, checkpoint: "{}" });
  return answerId;
}

/** Starts a turn. Returns its answer's id. */
export function begin(log: EventLog, answerId?: string): string {
  const id = prepare(log, answerId);
  log.start(id, "{}");
  return id;
}

export function emit(log: EventLog, count: number, text = "word "): NumberedEvent[] {
  return Array.from({ length: count }, (_, index) =>
    log.append({ type: "content_delta", content: `${text}${index} ` }),
  );
}

/** Ends a turn as the room does: sealed once Postgres has it. */
export function end(log: EventLog, answerId: string, endedAt = 0): NumberedEvent {
  const last = log.append({ type: "stream_complete" });
  log.seal(answerId, { state: "ended", at: endedAt });
  return last;
}

/** All events that a subscriber gets after an id, page by page. */
export function follow(log: EventLog, after = 0): NumberedEvent[] {
  const all: NumberedEvent[] = [];
  for (let page = log.readAfter(after); page.length > 0; page = log.readAfter(idOf(all.at(-1)))) {
    all.push(...page);
  }
  return all;
}

export const idOf = (event: NumberedEvent | undefined) => event?.id ?? 0;
export const idsOf = (events: readonly NumberedEvent[]) => events.map(({ id }) => id);
