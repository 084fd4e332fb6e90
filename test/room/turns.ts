/** Turns as a room appends them to its log. */
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { EventLog } from "../../src/features/turns/room/event-log.ts";

export const USER = "a user";

/** Begins a turn; returns its answer's id. */
export function begin(log: EventLog, answerId: string = crypto.randomUUID()): string {
  log.prepare({ answerId, userId: USER, record: "{}" });
  log.open(answerId, "{}");
  return answerId;
}

export function say(log: EventLog, count: number, text = "word "): NumberedEvent[] {
  return Array.from({ length: count }, (_, index) =>
    log.append({ type: "content_delta", content: `${text}${index} ` }),
  );
}

/** As the room does it: the turn is sealed once Postgres has it. */
export function end(log: EventLog, answerId: string, endedAt = 0): NumberedEvent {
  const last = log.append({ type: "stream_complete" });
  log.turns.end(answerId, endedAt);
  log.seal(answerId);
  return last;
}

/** All events after an id, page by page. */
export function follow(log: EventLog, after = 0): NumberedEvent[] {
  const all: NumberedEvent[] = [];
  for (let page = log.readAfter(after); page.length > 0; page = log.readAfter(idOf(all.at(-1)))) {
    all.push(...page);
  }
  return all;
}

export const idOf = (event: NumberedEvent | undefined) => event?.id ?? 0;
export const idsOf = (events: readonly NumberedEvent[]) => events.map(({ id }) => id);

/** Another process finds in the storage what a killed one left. */
export const crash = (sql: SqlStorage) => new EventLog(sql);
