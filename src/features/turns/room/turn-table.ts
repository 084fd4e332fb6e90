/**
 * The turns of a room in its SQLite: their states, the ids of their events, their checkpoints, and the first of their
 * events. The platform bills each row that is written or deleted, whatever its size: so a turn is one row, without an
 * index, and the row of the newest turn is emptied when its log is deleted, and taken over by the next.
 *
 * That row also knows the last id that was issued: a room keeps it for as long as its chat.
 */
import { LongTexts, type RoomStorage } from "./storage.ts";

/**
 * - `running`: committed in Postgres, or about to be; events are emitted
 * - `saving`: the answer has ended, but Postgres did not take it at once; the alarm retries
 * - `ended`: Postgres has it; the log is kept for subscribers who come late
 * - `abandoned`: Postgres refused it for good, also reduced to its minimum; the cron job ends its row
 */
type TurnState = "running" | "saving" | "ended" | "abandoned";

/** The state of the row that is left of the newest turn. No turn has it. */
const EMPTIED = "emptied";

/** What is stored when all events of a turn are emitted. */
type Seal = {
  lastId: number;
  /** The highest id that may be issued, as it is stored. */
  ceiling: number;
  /** JSON of the last events, as `appendEvents` takes it. */
  events: string;
  /** Where Postgres has the turn's end. */
  end: TurnEnd | undefined;
};

/** How a turn ended, and when, in milliseconds since the epoch. */
export type TurnEnd = { state: "ended" | "abandoned"; at: number };

const NEXT: Record<TurnState, readonly TurnState[]> = {
  running: ["saving", "ended", "abandoned"],
  saving: ["ended", "abandoned"],
  ended: [],
  abandoned: [],
};

const STATES = ["running", "saving", "ended", "abandoned"] as const;

/** The states that may be followed by this one. */
export function statesBefore(to: TurnState): TurnState[] {
  return STATES.filter((from) => NEXT[from].includes(to));
}

export type StoredTurn = {
  answerId: string;
  userId: string;
  state: TurnState;
  /** Id of its first event; above every id until it starts. */
  firstId: number;
  /** Id of its last event; 0 until that is emitted, -1 for a turn that never started. */
  lastId: number;
  /** JSON of a `Checkpoint`. */
  checkpoint: string;
};

type Row = {
  answer_id: string;
  user_id: string;
  state: TurnState;
  first_id: number;
  last_id: number;
  checkpoint: string;
};

/** Above every id that is issued, so a turn that has not started does not own events of the running one. */
const NO_ID_YET = Number.MAX_SAFE_INTEGER;

/** The rows that are turns. */
const KEPT = `turn_logs WHERE state <> '${EMPTIED}'`;

export class TurnTable {
  readonly #storage: RoomStorage;
  readonly #longTexts: LongTexts;

  constructor(storage: RoomStorage) {
    this.#storage = storage;
    this.#longTexts = new LongTexts(storage);
  }

  /** Adds a turn that is about to begin. It takes no event ids, because it may never start. */
  insert({ answerId, userId, checkpoint }: Omit<StoredTurn, "state" | "firstId" | "lastId">): void {
    this.#storage.create();
    const values = [answerId, userId, NO_ID_YET, checkpoint];
    const taken = this.#storage.sql.exec(
      `UPDATE turn_logs SET answer_id = ?, user_id = ?, state = 'running', first_id = ?, checkpoint = ?
       WHERE id = (SELECT id FROM turn_logs WHERE state = '${EMPTIED}' ORDER BY issued_id DESC LIMIT 1)
       RETURNING id`,
      ...values,
    );
    if (taken.toArray().length > 0) return;
    this.#storage.sql.exec(
      `INSERT INTO turn_logs (answer_id, user_id, state, first_id, last_id, checkpoint)
       VALUES (?, ?, 'running', ?, 0, ?)`,
      ...values,
    );
  }

  /** The turn starts: stores its checkpoint and the id of its first event. */
  start(answerId: string, checkpoint: string, firstId: number): void {
    const statement = "UPDATE turn_logs SET checkpoint = ?, first_id = ? WHERE answer_id = ?";
    this.#storage.sql.exec(statement, checkpoint, firstId, answerId);
  }

  updateCheckpoint(answerId: string, checkpoint: string): void {
    if (!this.#storage.exists) return;
    const statement = "UPDATE turn_logs SET checkpoint = ? WHERE answer_id = ?";
    this.#storage.sql.exec(statement, checkpoint, answerId);
  }

  /** Appends events to the turn's row: JSON objects with commas between them and after the last. */
  appendEvents(answerId: string, events: string, lastId: number): void {
    const statement =
      "UPDATE turn_logs SET events = events || ?, written_id = ? WHERE answer_id = ?";
    this.#storage.sql.exec(statement, events, lastId, answerId);
  }

  /** All events of the turn are emitted. One write stores the last of them, and the end where there is one. */
  seal(answerId: string, { lastId, ceiling, events, end }: Seal): void {
    const from = JSON.stringify(end ? statesBefore(end.state) : []);
    this.#storage.sql.exec(
      `UPDATE turn_logs SET last_id = ?1, issued_id = ?1, ceiling = ?2, events = events || ?3,
         written_id = iif(?3 = '', written_id, ?1),
         state = iif(state IN (SELECT value FROM json_each(?4)), ?5, state),
         ended_at = iif(state IN (SELECT value FROM json_each(?4)), ?6, ended_at)
       WHERE answer_id = ?7`,
      lastId,
      ceiling,
      events,
      from,
      end?.state ?? null,
      end?.at ?? null,
      answerId,
    );
  }

  /** Postgres did not take the turn's end at once: stores it in place of the checkpoint, for retries. */
  keepEnd(answerId: string, checkpoint: string): void {
    if (!this.#move(answerId, "saving", { checkpoint: "" })) return;
    const first = this.#longTexts.storeRest(answerId, "checkpoint", checkpoint);
    this.updateCheckpoint(answerId, first);
  }

  /** Postgres has the turn's end: its log is kept for a while from now on. */
  end(answerId: string, endedAt: number): void {
    this.#move(answerId, "ended", { ended_at: endedAt });
  }

  /** Postgres refused the turn's end for good: its log is kept for a while, and the cron job ends its row. */
  abandon(answerId: string, endedAt: number): void {
    this.#move(answerId, "abandoned", { ended_at: endedAt });
  }

  /** The turn never started. It is kept for a while all the same, because its commit may still come. */
  discard(answerId: string, endedAt: number): void {
    this.#move(answerId, "ended", { ended_at: endedAt, last_id: -1 });
  }

  /** Deletes the turn's row, or empties it where no other knows the last id that was issued. */
  remove(answerId: string): void {
    if (!this.#storage.exists) return;
    this.#storage.sql.exec(
      `UPDATE turn_logs SET answer_id = '', user_id = '', state = '${EMPTIED}', first_id = 0, last_id = 0,
         ended_at = NULL, checkpoint = '', events = '', written_id = 0
       WHERE answer_id = ? AND issued_id > 0 AND issued_id = (SELECT max(issued_id) FROM turn_logs)`,
      answerId,
    );
    this.#storage.sql.exec("DELETE FROM turn_logs WHERE answer_id = ?", answerId);
    this.#longTexts.remove(answerId);
  }

  find(answerId: string): StoredTurn | undefined {
    return this.#select("AND answer_id = ?", answerId)[0];
  }

  /** The turn that an event belongs to. An unsealed turn owns every id from its first on. */
  findByEventId(id: number): StoredTurn | undefined {
    // A turn that never emitted an event shares its first id with the next.
    const where = "AND first_id <= ? AND last_id >= 0 ORDER BY first_id DESC, id DESC LIMIT 1";
    return this.#select(where, id)[0];
  }

  /**
   * The last id that was issued under a ceiling; undefined where that is not known: a turn has not emitted its last
   * event, or an older version has written the ceiling since.
   */
  findLastIssued(ceiling: number): number | undefined {
    const query = `
      SELECT max(issued_id) FILTER (WHERE ceiling = ?1) AS lastId,
        count(*) FILTER (WHERE state <> '${EMPTIED}' AND last_id = 0 AND first_id < ?2) AS unsealed
      FROM turn_logs`;
    type Found = { lastId: number | null; unsealed: number };
    const { lastId, unsealed } = this.#storage.sql.exec<Found>(query, ceiling, NO_ID_YET).one();
    return unsealed > 0 ? undefined : (lastId ?? undefined);
  }

  /** The id of the first event of the oldest kept turn; undefined where no kept turn has started. */
  firstId(): number | undefined {
    if (!this.#storage.exists) return undefined;
    const query = `SELECT min(first_id) AS id FROM ${KEPT} AND last_id >= 0 AND first_id < ?`;
    const { id } = this.#storage.sql.exec<{ id: number | null }>(query, NO_ID_YET).one();
    return id ?? undefined;
  }

  /** Turns whose last event is not emitted yet. */
  listUnsealed(): StoredTurn[] {
    return this.#select("AND last_id = 0");
  }

  /** Turns whose end Postgres does not have yet, but may still take. */
  listUnsaved(): StoredTurn[] {
    return this.#select("AND ended_at IS NULL");
  }

  listEndedBefore(time: number): StoredTurn[] {
    return this.#select("AND ended_at < ?", time);
  }

  /** When the oldest of the kept turns ended, null where none has, and how many are unsaved. */
  summary(): { firstEnd: number | null; unsaved: number } {
    if (!this.#storage.exists) return { firstEnd: null, unsaved: 0 };
    const query = `
      SELECT min(ended_at) AS firstEnd, count(*) FILTER (WHERE ended_at IS NULL) AS unsaved
      FROM ${KEPT}`;
    return this.#storage.sql.exec<{ firstEnd: number | null; unsaved: number }>(query).one();
  }

  count(): number {
    if (!this.#storage.exists) return 0;
    const query = `SELECT count(*) AS count FROM ${KEPT}`;
    return this.#storage.sql.exec<{ count: number }>(query).one().count;
  }

  /** False, and nothing is changed, where the turn is not stored any more or may not take this state. */
  #move(
    answerId: string,
    to: TurnState,
    values: Partial<Pick<Row, "checkpoint" | "last_id"> & { ended_at: number }>,
  ): boolean {
    if (!this.#storage.exists) return false;
    const columns = ["state", ...Object.keys(values)];
    const query = `
      UPDATE turn_logs SET ${columns.map((column) => `${column} = ?`).join(", ")}
      WHERE answer_id = ? AND state IN (SELECT value FROM json_each(?)) RETURNING answer_id`;
    const from = JSON.stringify(statesBefore(to));
    const bindings = [to, ...Object.values(values), answerId, from];
    return this.#storage.sql.exec(query, ...bindings).toArray().length > 0;
  }

  #select(and: string, ...bindings: (string | number)[]): StoredTurn[] {
    if (!this.#storage.exists) return [];
    const query = `SELECT answer_id, user_id, state, first_id, last_id, checkpoint FROM ${KEPT} ${and}`;
    const rows = this.#storage.sql.exec<Row>(query, ...bindings).toArray();
    return rows.map((row) => this.#toTurn(row));
  }

  #toTurn(row: Row): StoredTurn {
    return {
      answerId: row.answer_id,
      userId: row.user_id,
      state: row.state,
      firstId: row.first_id,
      lastId: row.last_id,
      checkpoint: this.#longTexts.readWhole(row.answer_id, "checkpoint", row.checkpoint),
    };
  }
}
