/**
 * The append-only log of a chat's turns, in its room's SQLite. Live streams, resumed ones, other tabs: each
 * reads after a number, then follows.
 *
 * Events go out as they come and are written by time, so a crash leaves subscribers ahead of the log.
 * Each write therefore also stores a ceiling: no id above it is issued before the next write, and after a
 * crash the log goes on above it, so no id ever has two contents.
 */
import type { DeltaType, NumberedEvent, Received, TurnEvent } from "../wire/events.ts";
import { LongTexts, type RoomStorage } from "./storage.ts";
import { type StoredTurn, TurnTable } from "./turn-table.ts";

/** Ids that may be issued between two writes. */
const HEADROOM = 1_000;
/** With so many unwritten events, the log writes at once. */
const MOST_UNWRITTEN = 256;
/** Written events that stay in memory for subscribers that lag a little behind. */
const KEPT_IN_MEMORY = 256;
/** Events of a page, and of a row: a subscriber holds at most so many of 4 KiB each. */
const MOST_IN_A_PAGE = 32;

/** The events of one row, as JSON. */
type Chunk = { first_id: number; answer_id: string; events: string };
const CHUNK = "first_id, answer_id, events";

export class EventLog {
  readonly turns: TurnTable;
  readonly #storage: RoomStorage;
  readonly #longTexts: LongTexts;
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
    this.#longTexts = new LongTexts(storage);
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
    this.#writeCeiling(this.#lastId + HEADROOM);
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
    const isMany = this.#tail.length - this.#writtenCount >= MOST_UNWRITTEN;
    if (isMany || this.#lastId >= this.#ceiling) this.flush();
    const numbered = { id: ++this.#lastId, event };
    this.#tail.push(numbered);
    return numbered;
  }

  /** Writes the unwritten events. */
  flush(): void {
    this.#writeTail();
    if (this.#ceiling - this.#lastId < HEADROOM / 2) this.#writeCeiling(this.#lastId + HEADROOM);
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

  /** Writes everything and closes the turn's log; the next turn's ids follow without a gap. */
  seal(answerId: string): void {
    this.#writeTail();
    this.#writeCeiling(this.#lastId);
    this.turns.seal(answerId, this.#lastId);
    this.#close();
  }

  /** The next page of events after an id; empty where there are none yet. */
  readAfter(id: number): NumberedEvent[] {
    const first = this.#tail[0];
    const isInMemory = first && first.id <= id + 1;
    const from = isInMemory ? id + 1 - first.id : 0;
    const inTail = () => this.#tail.slice(from, from + MOST_IN_A_PAGE);
    return isInMemory ? inTail() : (this.#readChunk(id) ?? inTail());
  }

  /** True where no event follows this id yet. */
  isAtEnd(id: number): boolean {
    return id >= this.#lastId || this.readAfter(id).length === 0;
  }

  /** The room's storage was deleted: the log begins anew. */
  reset(): void {
    this.stopFlushing();
    this.#close();
    this.#lastId = 0;
    this.#ceiling = 0;
  }

  /** The text of an answer, and of the reasoning before it, as far as they are written. */
  receivedOf(answerId: string): Received {
    const query = `SELECT ${CHUNK} FROM chunks WHERE answer_id = ? ORDER BY first_id`;
    const rows = this.#storage.sql.exec<Chunk>(query, answerId).toArray();
    const events = rows.flatMap((row) => this.#eventsOf(row));
    return {
      content: joinDeltas(events, "content_delta"),
      reasoning: joinDeltas(events, "reasoning_delta"),
    };
  }

  /** Deletes turns that ended before a time, with their events, and returns them. Their ids are not reused. */
  prune(before: number): StoredTurn[] {
    const turns = this.turns.listEndedBefore(before);
    for (const turn of turns) {
      this.#storage.sql.exec("DELETE FROM chunks WHERE answer_id = ?", turn.answerId);
      this.turns.remove(turn.answerId);
    }
    return turns;
  }

  #restore(): void {
    const query = "SELECT ceiling FROM counter";
    const row = this.#storage.sql.exec<{ ceiling: number }>(query).toArray()[0];
    this.#ceiling = row?.ceiling ?? 0;
    this.#lastId = this.#ceiling;
  }

  #close(): void {
    this.#openId = undefined;
    this.#tail = [];
    this.#writtenCount = 0;
  }

  #writeCeiling(ceiling: number): void {
    this.#ceiling = ceiling;
    const statement = "INSERT OR REPLACE INTO counter (one, ceiling) VALUES (1, ?)";
    this.#storage.sql.exec(statement, ceiling);
  }

  /** Writes one row for each page of unwritten events. */
  #writeTail(): void {
    for (let start = this.#writtenCount; start < this.#tail.length; start += MOST_IN_A_PAGE) {
      this.#writeRow(this.#tail.slice(start, start + MOST_IN_A_PAGE));
    }
    this.#tail = this.#tail.slice(-KEPT_IN_MEMORY);
    this.#writtenCount = this.#tail.length;
  }

  #writeRow(events: NumberedEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last || this.#openId === undefined) return;
    const text = this.#longTexts.storeRest(this.#openId, first.id, JSON.stringify(events));
    const row = [first.id, last.id, this.#openId, text];
    this.#storage.sql.exec(
      "INSERT INTO chunks (first_id, last_id, answer_id, events) VALUES (?, ?, ?, ?)",
      ...row,
    );
  }

  /** The events after an id, of the row that holds the next one. */
  #readChunk(id: number): NumberedEvent[] | undefined {
    if (!this.#storage.exists) return undefined;
    // The last row that starts at or before the id may also end there; then the row after it is meant.
    const query = `
      SELECT ${CHUNK} FROM chunks
      WHERE first_id >= coalesce((SELECT max(first_id) FROM chunks WHERE first_id <= ?1), 0) AND last_id > ?1
      ORDER BY first_id LIMIT 1`;
    const row = this.#storage.sql.exec<Chunk>(query, id).toArray()[0];
    return row && this.#eventsOf(row).filter((event) => event.id > id);
  }

  #eventsOf({ first_id, answer_id, events }: Chunk): NumberedEvent[] {
    return JSON.parse(this.#longTexts.readWhole(answer_id, first_id, events));
  }
}

function joinDeltas(events: NumberedEvent[], type: DeltaType): string {
  return events
    .map(({ event }) => (event.type === type && "content" in event ? event.content : ""))
    .join("");
}
