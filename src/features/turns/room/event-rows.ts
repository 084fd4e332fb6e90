/**
 * The written events of a room's log in SQLite. The platform bills each row that is written or deleted, whatever its
 * size, so what one flush has goes into one row, and as many flushes of a turn as fit share it.
 */
import type { NumberedEvent } from "../wire/events.ts";
import { LongTexts, type RoomStorage } from "./storage.ts";

/**
 * UTF-16 code units of JSON in a row that takes more events. Each flush writes the row anew, and each page that is not
 * in memory parses it.
 */
const LONGEST_ROW = 128 * 1024;

/** The events of one row, as JSON. Rows of an older version hold at most 32. */
type Row = { first_id: number; answer_id: string; events: string };
const ROW = "first_id, answer_id, events";

export class EventRows {
  readonly #storage: RoomStorage;
  readonly #longTexts: LongTexts;
  /** The row that takes more events, and the length of its JSON. */
  #open: { firstId: number; length: number } | undefined;
  /** The row that was read last: subscribers read it page by page. */
  #parsed: { firstId: number; events: NumberedEvent[] } | undefined;

  constructor(storage: RoomStorage) {
    this.#storage = storage;
    this.#longTexts = new LongTexts(storage);
  }

  /** Writes events of a turn: one row, new or longer. */
  append(answerId: string, events: readonly NumberedEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return;
    const text = JSON.stringify(events);
    const length = (this.#open?.length ?? 0) + text.length;
    if (!this.#open || length > LONGEST_ROW) return this.#insert(answerId, first.id, last.id, text);
    const { firstId } = this.#open;
    this.#storage.sql.exec(
      `UPDATE chunks SET last_id = ?, events = substr(events, 1, length(events) - 1) || ?
       WHERE first_id = ?`,
      last.id,
      `,${text.slice(1)}`,
      firstId,
    );
    this.#open = { firstId, length };
    if (this.#parsed?.firstId === firstId) this.#parsed = undefined;
  }

  /** The next events begin a row of their own. */
  close(): void {
    this.#open = undefined;
  }

  /** The events after an id, of the row that holds the next one; undefined where none does. */
  readAfter(id: number): NumberedEvent[] | undefined {
    const isParsed = this.#parsed?.events.some((event) => event.id === id + 1);
    const events = isParsed ? this.#parsed?.events : this.#read(id);
    return events?.filter((event) => event.id > id);
  }

  /** All events of a turn. */
  eventsOf(answerId: string): NumberedEvent[] {
    const query = `SELECT ${ROW} FROM chunks WHERE answer_id = ? ORDER BY first_id`;
    const rows = this.#storage.sql.exec<Row>(query, answerId).toArray();
    return rows.flatMap((row) => this.#parse(row));
  }

  remove(answerId: string): void {
    this.#parsed = undefined;
    this.#storage.sql.exec("DELETE FROM chunks WHERE answer_id = ?", answerId);
  }

  /** The room's storage was deleted. */
  reset(): void {
    this.#open = undefined;
    this.#parsed = undefined;
  }

  #insert(answerId: string, firstId: number, lastId: number, text: string): void {
    const first = this.#longTexts.storeRest(answerId, firstId, text);
    const statement =
      "INSERT INTO chunks (first_id, last_id, answer_id, events) VALUES (?, ?, ?, ?)";
    this.#storage.sql.exec(statement, firstId, lastId, answerId, first);
    this.#open = { firstId, length: text.length };
  }

  #read(id: number): NumberedEvent[] | undefined {
    if (!this.#storage.exists) return undefined;
    // The last row that starts at or before the id may also end there; then the row after it is meant.
    const query = `
      SELECT ${ROW} FROM chunks
      WHERE first_id >= coalesce((SELECT max(first_id) FROM chunks WHERE first_id <= ?1), 0) AND last_id > ?1
      ORDER BY first_id LIMIT 1`;
    const row = this.#storage.sql.exec<Row>(query, id).toArray()[0];
    if (!row) return undefined;
    const events = this.#parse(row);
    this.#parsed = { firstId: row.first_id, events };
    return events;
  }

  #parse({ first_id, answer_id, events }: Row): NumberedEvent[] {
    return JSON.parse(this.#longTexts.readWhole(answer_id, first_id, events));
  }
}
