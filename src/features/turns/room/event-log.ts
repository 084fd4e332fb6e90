/**
 * The append-only log of a chat's turns, in its room's SQLite. Live streams, resumed ones, other tabs: each
 * reads after a number, then follows.
 *
 * Events go out as they come and are written by time, so a crash leaves subscribers ahead of the log.
 * A ceiling is therefore stored too: no id above it is issued before a higher one is written, and after a crash the
 * log goes on above it, so no id ever has two contents. Where the newest turn had ended, the log goes on after it.
 */
import type { DeltaType, NumberedEvent, Received, TurnEvent } from "../wire/events.ts";
import { EventRows } from "./event-rows.ts";
import type { RoomStorage } from "./storage.ts";
import { type StoredTurn, type TurnEnd, TurnTable } from "./turn-table.ts";
import { Unwritten } from "./unwritten.ts";

/** Ids that may be issued after a ceiling is written: as many as a few turns need. */
const HEADROOM = 4_096;
/** With fewer left, the start of a turn and a flush write a higher ceiling. */
const LEAST_HEADROOM = 1_024;
/** Written events that stay in memory for subscribers that lag a little behind. */
const KEPT_IN_MEMORY = 256;
/** Events of a page: a subscriber holds at most so many of 4 KiB each. */
const MOST_IN_A_PAGE = 32;

export class EventLog {
  readonly turns: TurnTable;
  readonly #storage: RoomStorage;
  readonly #rows: EventRows;
  readonly #unwritten = new Unwritten();
  /** The answer whose turn events are appended to. */
  #openId: string | undefined;
  /** The newest events; those from index `#writtenCount` on are not in SQLite yet. */
  #tail: NumberedEvent[] = [];
  #writtenCount = 0;
  #lastId = 0;
  #ceiling = 0;
  #flushTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: RoomStorage) {
    this.#storage = storage;
    this.#rows = new EventRows(storage);
    this.turns = new TurnTable(storage);
    if (storage.exists) this.#restore();
  }

  /** The highest id that a subscriber can have. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The id before the oldest kept event: whoever reads after a lower one has missed something. */
  get firstCursor(): number {
    const firstId = this.turns.firstId();
    return firstId === undefined ? this.#lastId : firstId - 1;
  }

  /** True for an id that a subscriber can have. */
  hasIssued(id: unknown): id is number {
    return Number.isInteger(id) && Number(id) >= 1 && Number(id) <= this.#lastId;
  }

  /** True where the room has to keep nothing, not even the count of ids. */
  get isEmpty(): boolean {
    return this.#lastId === 0 && this.turns.count() === 0;
  }

  /** The cursor for the rest of the turn that an event belongs to; "nothing" after its last event. */
  cursorAfter(id: number): number | "nothing" | "unknown_id" {
    if (!this.hasIssued(id)) return "unknown_id";
    const turn = this.turns.findByEventId(id);
    return !turn || (turn.lastId > 0 && id >= turn.lastId) ? "nothing" : id;
  }

  /**
   * Opens the log for a turn's events, and returns the id of the first. Stores the checkpoint and a ceiling
   * before that: no output leaves the room while a write is not on disk, so no provider is called and no
   * subscriber notified of a turn that a crash could lose.
   */
  start(answerId: string, checkpoint: string): number {
    const firstId = this.#lastId + 1;
    this.turns.start(answerId, checkpoint, firstId);
    this.#raiseCeiling();
    this.#rows.open();
    this.#openId = answerId;
    return firstId;
  }

  /** Opens the log for the last events of a turn that a crash interrupted. */
  reopen(answerId: string): void {
    this.#openId = answerId;
  }

  /**
   * Numbers the event, and keeps it in memory until the next `flush`. Flushes before that where many events are
   * unwritten or ids run out.
   */
  append(event: TurnEvent): NumberedEvent {
    if (this.#unwritten.isFull || this.#lastId >= this.#ceiling) this.flush();
    const numbered = { id: ++this.#lastId, event };
    this.#unwritten.add(event);
    this.#tail.push(numbered);
    return numbered;
  }

  /** Writes the unwritten events. */
  flush(): void {
    const events = this.#allotTail();
    if (this.#openId !== undefined && events !== "") {
      this.turns.appendEvents(this.#openId, events, this.#lastId);
    }
    this.#raiseCeiling();
  }

  /** Flushes after this time, unless a flush is scheduled already: events in between share one write. */
  flushWithin(ms: number): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      if (this.#openId !== undefined) this.flush();
    }, ms);
  }

  /** Cancels a scheduled flush. */
  stopFlushing(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
  }

  /**
   * Writes everything and closes the turn's log; the next turn's ids follow without a gap. `end`: where Postgres has
   * the turn's end.
   */
  seal(answerId: string, end?: TurnEnd): void {
    const events = this.#allotTail();
    this.turns.seal(answerId, { lastId: this.#lastId, ceiling: this.#ceiling, events, end });
    this.#close();
  }

  /** The next page of events after an id; empty where there are none yet. */
  readAfter(id: number): NumberedEvent[] {
    const first = this.#tail[0];
    const isInMemory = first && first.id <= id + 1;
    const from = isInMemory ? id + 1 - first.id : 0;
    const written = isInMemory ? undefined : this.#rows.readAfter(id);
    return (written ?? this.#tail.slice(from)).slice(0, MOST_IN_A_PAGE);
  }

  /** True where no event follows this id yet. */
  isAtEnd(id: number): boolean {
    return id >= this.#lastId || this.readAfter(id).length === 0;
  }

  /** The room's storage was deleted: the log begins anew. */
  reset(): void {
    this.stopFlushing();
    this.#close();
    this.#rows.reset();
    this.#lastId = 0;
    this.#ceiling = 0;
  }

  /** The text of an answer, and of the reasoning before it, as far as they are written. */
  receivedOf(answerId: string): Received {
    const events = this.#rows.eventsOf(answerId);
    return {
      content: joinDeltas(events, "content_delta"),
      reasoning: joinDeltas(events, "reasoning_delta"),
    };
  }

  /**
   * Deletes turns that ended before a time, with their events, and returns them. Their ids are not reused: the count of
   * ids stays for as long as the chat, so no idle room can be deleted as a whole.
   */
  prune(before: number): StoredTurn[] {
    const turns = this.turns.listEndedBefore(before);
    for (const turn of turns) {
      this.#rows.remove(turn.answerId);
      this.turns.remove(turn.answerId);
    }
    return turns;
  }

  #restore(): void {
    const query = "SELECT ceiling FROM counter";
    const row = this.#storage.sql.exec<{ ceiling: number }>(query).toArray()[0];
    this.#ceiling = row?.ceiling ?? 0;
    // Where it is not known, any up to the ceiling may have been issued.
    this.#lastId = this.turns.findLastIssued(this.#ceiling) ?? this.#ceiling;
  }

  #close(): void {
    this.#openId = undefined;
    this.#tail = [];
    this.#writtenCount = 0;
    this.#unwritten.clear();
    this.#rows.close();
  }

  #raiseCeiling(): void {
    if (this.#ceiling - this.#lastId >= LEAST_HEADROOM) return;
    this.#ceiling = this.#lastId + HEADROOM;
    const statement = "INSERT OR REPLACE INTO counter (one, ceiling) VALUES (1, ?)";
    this.#storage.sql.exec(statement, this.#ceiling);
  }

  /** Takes the unwritten events: returns those for the turn's row, and writes the others. */
  #allotTail(): string {
    const unwritten = this.#tail.slice(this.#writtenCount);
    const events = this.#openId === undefined ? "" : this.#rows.allot(this.#openId, unwritten);
    this.#tail = this.#tail.slice(-KEPT_IN_MEMORY);
    this.#writtenCount = this.#tail.length;
    this.#unwritten.clear();
    return events;
  }
}

function joinDeltas(events: NumberedEvent[], type: DeltaType): string {
  return events
    .map(({ event }) => (event.type === type && "content" in event ? event.content : ""))
    .join("");
}
