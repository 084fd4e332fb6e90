/** The room's record of its turns, and the tables of its SQLite. */
import { LONG_TEXTS_SCHEMA, LongTexts } from "./long-texts.ts";
import { statesBefore, type TurnState } from "./state.ts";

/** What a room must know of a turn to end it after a crash. */
export type RecordedTurn = {
  answerId: string;
  userId: string;
  state: TurnState;
  /** Id of its first event; above every id as long as it is only about to begin. */
  firstId: number;
  /** Id of its last event; 0 until it is told, -1 where it never began. */
  lastId: number;
  /** JSON: what to make of it, see `recover.ts`. */
  record: string;
};

export type NewRecord = Pick<RecordedTurn, "answerId" | "userId" | "firstId" | "record">;

type Row = {
  answer_id: string;
  user_id: string;
  state: TurnState;
  first_id: number;
  last_id: number;
  record: string;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS turns (
    answer_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    ended_at INTEGER,
    record TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS chunks (
    first_id INTEGER PRIMARY KEY,
    last_id INTEGER NOT NULL,
    answer_id TEXT NOT NULL,
    events TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS counter (one INTEGER PRIMARY KEY, ceiling INTEGER NOT NULL);
  ${LONG_TEXTS_SCHEMA}`;

export class TurnTable {
  readonly longTexts: LongTexts;
  readonly #sql: SqlStorage;
  #exists: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.longTexts = new LongTexts(sql);
    const query = "SELECT name FROM sqlite_master WHERE name IN ('turns', 'text_parts')";
    const rows = sql.exec<{ name: string }>(query).toArray();
    const names = new Set(rows.map(({ name }) => name));
    this.#exists = names.has("turns");
    // A room of an older version.
    if (this.#exists && !names.has("text_parts")) sql.exec(SCHEMA);
  }

  get exists(): boolean {
    return this.#exists;
  }

  create(): void {
    if (!this.#exists) this.#sql.exec(SCHEMA);
    this.#exists = true;
  }

  insert({ answerId, userId, firstId, record }: NewRecord): void {
    this.#sql.exec(
      `INSERT INTO turns (answer_id, user_id, state, first_id, last_id, record)
       VALUES (?, ?, 'running', ?, 0, ?)`,
      answerId,
      userId,
      firstId,
      record,
    );
  }

  /** It runs: what is known of it by now, and its first id. */
  begin(answerId: string, record: string, firstId: number): void {
    const query = "UPDATE turns SET record = ?, first_id = ? WHERE answer_id = ?";
    this.#sql.exec(query, record, firstId, answerId);
  }

  /** Writes down more of what is known of a turn. */
  update(answerId: string, record: string): void {
    if (!this.#exists) return;
    this.#sql.exec("UPDATE turns SET record = ? WHERE answer_id = ?", record, answerId);
  }

  /** Its readers have been told everything. */
  seal(answerId: string, lastId: number): void {
    this.#sql.exec("UPDATE turns SET last_id = ? WHERE answer_id = ?", lastId, answerId);
  }

  /** Its end could not be saved at once, and is kept here until it is. */
  keep(answerId: string, record: string): void {
    if (!this.#move(answerId, "saving", "record", "")) return;
    this.update(answerId, this.longTexts.storeRest(answerId, "record", record));
  }

  /** Postgres has it: its log is kept for a while from now on. */
  end(answerId: string, endedAt: number): void {
    this.#move(answerId, "ended", "ended_at", endedAt);
  }

  /** Postgres refused its end for good: its log is kept for a while, and its row is for others to end. */
  abandon(answerId: string, endedAt: number): void {
    this.#move(answerId, "abandoned", "ended_at", endedAt);
  }

  /** It never began; kept for a while all the same, since its beginning may yet be committed. */
  discard(answerId: string, endedAt: number): void {
    if (this.#exists) this.seal(answerId, -1);
    this.end(answerId, endedAt);
  }

  /** False where the turn is not known here any more, or cannot go there: then nothing is changed. */
  #move(
    answerId: string,
    to: TurnState,
    column: "record" | "ended_at",
    value: string | number,
  ): boolean {
    if (!this.#exists) return false;
    const query = `
      UPDATE turns SET state = ?, ${column} = ?
      WHERE answer_id = ? AND state IN (SELECT value FROM json_each(?)) RETURNING answer_id`;
    const from = JSON.stringify(statesBefore(to));
    return this.#sql.exec(query, to, value, answerId, from).toArray().length > 0;
  }

  remove(answerId: string): void {
    if (!this.#exists) return;
    this.#sql.exec("DELETE FROM turns WHERE answer_id = ?", answerId);
    this.longTexts.remove(answerId);
  }

  /** Everything was deleted from outside. */
  forget(): void {
    this.#exists = false;
  }

  find(answerId: string): RecordedTurn | undefined {
    return this.#select("WHERE answer_id = ?", answerId)[0];
  }

  /** The turn whose events hold an id; one that still grows holds every id from its first on. */
  holding(id: number): RecordedTurn | undefined {
    // One that was not told anything shares its first id with the next.
    const where = "WHERE first_id <= ? AND last_id >= 0 ORDER BY first_id DESC, rowid DESC LIMIT 1";
    return this.#select(where, id)[0];
  }

  /** Turns whose readers have not been told the end. */
  unsealed(): RecordedTurn[] {
    return this.#select("WHERE last_id = 0");
  }

  /** Turns that Postgres does not have the end of, and may yet take it. */
  unfinished(): RecordedTurn[] {
    return this.#select("WHERE ended_at IS NULL");
  }

  endedBefore(time: number): RecordedTurn[] {
    return this.#select("WHERE ended_at < ?", time);
  }

  /** When the first of the kept logs ended, if any did, and how many turns are unfinished. */
  summary(): { firstEnd: number | null; unfinished: number } {
    if (!this.#exists) return { firstEnd: null, unfinished: 0 };
    const query = `
      SELECT min(ended_at) AS firstEnd, count(*) FILTER (WHERE ended_at IS NULL) AS unfinished
      FROM turns`;
    return this.#sql.exec<{ firstEnd: number | null; unfinished: number }>(query).one();
  }

  count(): number {
    if (!this.#exists) return 0;
    return this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM turns").one().count;
  }

  #select(where: string, ...bindings: (string | number)[]): RecordedTurn[] {
    if (!this.#exists) return [];
    const query = `SELECT answer_id, user_id, state, first_id, last_id, record FROM turns ${where}`;
    const rows = this.#sql.exec<Row>(query, ...bindings).toArray();
    return rows.map((row) => this.#toTurn(row));
  }

  #toTurn(row: Row): RecordedTurn {
    return {
      answerId: row.answer_id,
      userId: row.user_id,
      state: row.state,
      firstId: row.first_id,
      lastId: row.last_id,
      record: this.longTexts.readWhole(row.answer_id, "record", row.record),
    };
  }
}
