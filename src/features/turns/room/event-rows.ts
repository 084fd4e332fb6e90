/**
 * The written events of a room's log in SQLite: those of a turn are in its own row as far as they fit, the others in rows
 * of `chunks`, which as many flushes share as fit. Rows of an older version have all of them there.
 */
import type { NumberedEvent } from "../wire/events.ts";
import { LongTexts, type RoomStorage } from "./storage.ts";

/**
 * UTF-16 code units of JSON in a row that takes more events. Each flush writes the row anew, and each page that is not
 * in memory parses it.
 */
const LONGEST_ROW = 128 * 1024;

/** The events of one row, as a JSON array. Rows of an older version hold at most 32. */
type Row = { last_id: number; first_id: number; answer_id: string; events: string };
const CHUNK = "last_id, first_id, answer_id, events";
/** The events of a turn's row, which end with a comma. */
const OF_TURN = `written_id, first_id, answer_id, '[' || rtrim(events, ',') || ']' AS events`;

/**
 * The row that holds the first event after an id. Rows do not overlap: it is the first that ends after the id. It is
 * found by its key, so that the events of no other row are read.
 */
const NEXT_ROW = `
  WITH next_turn AS (
    SELECT id, written_id AS last_id FROM turn_logs WHERE written_id > ?1 ORDER BY written_id LIMIT 1
  ), next_chunk AS (
    SELECT first_id, last_id FROM chunks
    WHERE first_id >= coalesce((SELECT max(first_id) FROM chunks WHERE first_id <= ?1), 0) AND last_id > ?1
    ORDER BY first_id LIMIT 1
  ), next AS (
    SELECT min(last_id) AS last_id FROM (SELECT last_id FROM next_turn UNION ALL SELECT last_id FROM next_chunk)
  )
  SELECT ${OF_TURN} FROM turn_logs WHERE id = (SELECT id FROM next_turn JOIN next USING (last_id))
  UNION ALL
  SELECT ${CHUNK} FROM chunks WHERE first_id = (SELECT first_id FROM next_chunk JOIN next USING (last_id))`;

export class EventRows {
  readonly #storage: RoomStorage;
  readonly #longTexts: LongTexts;
  /** The row that takes more events, and the length of its JSON. Undefined: a new row of `chunks`. */
  #open: { firstId: number | "of its turn"; length: number } | undefined;
  /** The events of the row that was read last: subscribers read it page by page. */
  #parsed: NumberedEvent[] | undefined;

  constructor(storage: RoomStorage) {
    this.#storage = storage;
    this.#longTexts = new LongTexts(storage);
  }

  /** The next events are of a turn that starts. */
  open(): void {
    this.#open = { firstId: "of its turn", length: 0 };
  }

  /** Returns the events as the turn's row takes them. Empty where it is full: then they are written here. */
  allot(answerId: string, events: readonly NumberedEvent[]): string {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return "";
    // The row has more events than were parsed.
    this.#parsed = undefined;
    const text = JSON.stringify(events);
    const length = (this.#open?.length ?? 0) + text.length;
    if (!this.#open || length > LONGEST_ROW) this.#insert(answerId, first.id, last.id, text);
    else if (this.#open.firstId === "of its turn") {
      this.#open.length = length;
      return `${text.slice(1, -1)},`;
    } else this.#append(this.#open.firstId, last.id, text);
    return "";
  }

  /** The next events begin a row of their own. */
  close(): void {
    this.#open = undefined;
  }

  /** The events after an id, of the row that holds the next one; undefined where none does. */
  readAfter(id: number): NumberedEvent[] | undefined {
    const isParsed = this.#parsed?.some((event) => event.id === id + 1);
    const events = isParsed ? this.#parsed : this.#read(id);
    return events?.filter((event) => event.id > id);
  }

  /** All events of a turn. */
  eventsOf(answerId: string): NumberedEvent[] {
    const query = `
      SELECT ${OF_TURN} FROM turn_logs WHERE answer_id = ?1 AND written_id > 0
      UNION ALL SELECT ${CHUNK} FROM chunks WHERE answer_id = ?1 ORDER BY 1`;
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

  #append(firstId: number, lastId: number, text: string): void {
    this.#storage.sql.exec(
      `UPDATE chunks SET last_id = ?, events = substr(events, 1, length(events) - 1) || ?
       WHERE first_id = ?`,
      lastId,
      `,${text.slice(1)}`,
      firstId,
    );
    this.#open = { firstId, length: (this.#open?.length ?? 0) + text.length };
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
    const row = this.#storage.sql.exec<Row>(NEXT_ROW, id).toArray()[0];
    if (!row) return undefined;
    this.#parsed = this.#parse(row);
    return this.#parsed;
  }

  #parse({ first_id, answer_id, events }: Row): NumberedEvent[] {
    return JSON.parse(this.#longTexts.readWhole(answer_id, first_id, events));
  }
}
