/**
 * The append-only log of a chat's turns, in its room's SQLite. Live reading, resuming, other tabs:
 * all of them read after a number, then follow.
 *
 * Events are told as they come and written by time, so a crash leaves readers ahead of the log. Each
 * write therefore also stores a ceiling: no id above it is handed out before the next write, and
 * after a crash the log goes on above it, so that no id ever has two contents.
 */
import type { DeltaType, NumberedEvent, Received, TurnEvent } from "../wire/events.ts";
import { type NewRecord, type RecordedTurn, TurnTable } from "./turn-table.ts";

/** Ids that may be handed out between two writes. */
const HEADROOM = 1_000;
/** Events that are written at once at the latest. */
const MOST_UNWRITTEN = 256;
/** Written events that stay in memory for readers who are a little behind. */
const KEPT_IN_MEMORY = 256;
/** Events of a page, and of a row: a subscriber holds at most so many of 4 KiB each. */
const MOST_IN_A_PAGE = 32;

/** Above every id that is given out: the turn that is running goes on to hold its own. */
const NO_ID_YET = Number.MAX_SAFE_INTEGER;

/** The events of one write, as JSON. */
type Chunk = { first_id: number; answer_id: string; events: string };
const CHUNK = "first_id, answer_id, events";

export class EventLog {
  readonly turns: TurnTable;
  readonly #sql: SqlStorage;
  /** The turn that events are appended to. */
  #open: string | undefined;
  /** The newest events; those from `#unwritten` on are not in SQLite yet. */
  #tail: NumberedEvent[] = [];
  #unwritten = 0;
  #lastId = 0;
  #ceiling = 0;
  #flushTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.turns = new TurnTable(sql);
    if (this.turns.exists) this.#restore();
  }

  /** The highest id that a reader can have. */
  get lastId(): number {
    return this.#lastId;
  }

  /** True for an id that a reader can have. */
  hasIssued(id: unknown): id is number {
    return Number.isInteger(id) && Number(id) >= 1 && Number(id) <= this.#lastId;
  }

  /** True when there is nothing here worth keeping, not even the count of ids. */
  get isEmpty(): boolean {
    return this.#lastId === 0 && this.turns.count() === 0;
  }

  /** Records a turn that is about to begin. It takes no ids, and holds none: nothing may come of it. */
  prepare(turn: Omit<NewRecord, "firstId">): void {
    this.turns.create();
    this.turns.insert({ ...turn, firstId: NO_ID_YET });
  }

  /**
   * What is appended from here on is of this turn; the id of the first of it. The record is written
   * before, and with it the ids of its first events are taken: nothing leaves the room while a write is
   * not on its disk, so no provider is asked, and no reader told, of what could be forgotten.
   */
  open(answerId: string, record?: string): number {
    const firstId = this.#lastId + 1;
    if (record !== undefined) {
      this.turns.begin(answerId, record, firstId);
      this.#writeCeiling(this.#lastId + HEADROOM);
    }
    this.#open = answerId;
    return firstId;
  }

  /** Numbers the event. It is in memory until the next `flush`, which this calls when they are many or ids run out. */
  append(event: TurnEvent): NumberedEvent {
    const isMany = this.#tail.length - this.#unwritten >= MOST_UNWRITTEN;
    if (isMany || this.#lastId >= this.#ceiling) this.flush();
    const numbered = { id: ++this.#lastId, event };
    this.#tail.push(numbered);
    return numbered;
  }

  /** Writes what is not yet written. */
  flush(): void {
    this.#writeTail();
    if (this.#ceiling - this.#lastId < HEADROOM / 2) this.#writeCeiling(this.#lastId + HEADROOM);
  }

  /** Writes it soon: what comes until then is written together. */
  flushWithin(ms: number): void {
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      if (this.#open !== undefined) this.flush();
    }, ms);
  }

  /** Nothing is written later by itself: what is written so far is about to be deleted. */
  stopFlushing(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
  }

  /** The turn's end could not be saved at once: it is kept here, in place of what was known before. */
  keep(answerId: string, record: string): void {
    this.turns.keep(answerId, record);
  }

  /** Writes everything; the log of this turn grows no more, and the next goes on right after it. */
  seal(answerId: string): void {
    this.#writeTail();
    this.#writeCeiling(this.#lastId);
    this.turns.seal(answerId, this.#lastId);
    this.#open = undefined;
    this.#tail = [];
    this.#unwritten = 0;
  }

  /** The next events after an id, a page of them; empty where there are none yet. */
  readAfter(id: number): NumberedEvent[] {
    const first = this.#tail[0];
    const isInMemory = first && first.id <= id + 1;
    const from = isInMemory ? id + 1 - first.id : 0;
    const inTail = () => this.#tail.slice(from, from + MOST_IN_A_PAGE);
    return isInMemory ? inTail() : (this.#readChunk(id) ?? inTail());
  }

  /** Everything was deleted from outside. */
  forget(): void {
    this.stopFlushing();
    this.turns.forget();
    this.#open = undefined;
    this.#tail = [];
    this.#unwritten = 0;
    this.#lastId = 0;
    this.#ceiling = 0;
  }

  /** The text of an answer, and of the reasoning before it, as far as they were written. */
  receivedOf(answerId: string): Received {
    const query = `SELECT ${CHUNK} FROM chunks WHERE answer_id = ? ORDER BY first_id`;
    const rows = this.#sql.exec<Chunk>(query, answerId).toArray();
    const events = rows.flatMap((row) => this.#eventsOf(row));
    return {
      content: joinDeltas(events, "content_delta"),
      reasoning: joinDeltas(events, "reasoning_delta"),
    };
  }

  /**
   * Forgets the events of turns that ended before a time, and names those turns; their ids are never
   * given out again.
   */
  prune(before: number): RecordedTurn[] {
    const turns = this.turns.endedBefore(before);
    for (const turn of turns) {
      this.#sql.exec("DELETE FROM chunks WHERE answer_id = ?", turn.answerId);
      this.turns.remove(turn.answerId);
    }
    return turns;
  }

  #restore(): void {
    const row = this.#sql.exec<{ ceiling: number }>("SELECT ceiling FROM counter").toArray()[0];
    this.#ceiling = row?.ceiling ?? 0;
    this.#lastId = this.#ceiling;
  }

  #writeCeiling(ceiling: number): void {
    this.#ceiling = ceiling;
    this.#sql.exec("INSERT OR REPLACE INTO counter (one, ceiling) VALUES (1, ?)", ceiling);
  }

  /** A row for each page of what came since the last write. */
  #writeTail(): void {
    for (let start = this.#unwritten; start < this.#tail.length; start += MOST_IN_A_PAGE) {
      this.#writeRow(this.#tail.slice(start, start + MOST_IN_A_PAGE));
    }
    this.#tail = this.#tail.slice(-KEPT_IN_MEMORY);
    this.#unwritten = this.#tail.length;
  }

  #writeRow(events: NumberedEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last || this.#open === undefined) return;
    const text = this.turns.longTexts.storeRest(this.#open, first.id, JSON.stringify(events));
    const row = [first.id, last.id, this.#open, text];
    this.#sql.exec(
      "INSERT INTO chunks (first_id, last_id, answer_id, events) VALUES (?, ?, ?, ?)",
      ...row,
    );
  }

  /** What is left of the row that holds the next event after an id. */
  #readChunk(id: number): NumberedEvent[] | undefined {
    if (!this.turns.exists) return undefined;
    // The row that begins last before the id may end before it too: then the next one it is.
    const query = `
      SELECT ${CHUNK} FROM chunks
      WHERE first_id >= coalesce((SELECT max(first_id) FROM chunks WHERE first_id <= ?1), 0) AND last_id > ?1
      ORDER BY first_id LIMIT 1`;
    const row = this.#sql.exec<Chunk>(query, id).toArray()[0];
    return row && this.#eventsOf(row).filter((event) => event.id > id);
  }

  #eventsOf({ first_id, answer_id, events }: Chunk): NumberedEvent[] {
    return JSON.parse(this.turns.longTexts.readWhole(answer_id, first_id, events));
  }
}

function joinDeltas(events: NumberedEvent[], type: DeltaType): string {
  return events
    .map(({ event }) => (event.type === type && "content" in event ? event.content : ""))
    .join("");
}
