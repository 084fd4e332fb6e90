/** The turns of a room in its SQLite: their states, the ids of their events, and their checkpoints. */
import { LongTexts, type RoomStorage } from "./storage.ts";

/**
 * - `running`: committed in Postgres, or about to be; events are emitted
 * - `saving`: the answer has ended, but Postgres did not take it at once; the alarm retries
 * - `ended`: Postgres has it; the log is kept for subscribers who come late
 * - `abandoned`: Postgres refused it for good, also reduced to its minimum; the cron job ends its row
 */
type TurnState = "running" | "saving" | "ended" | "abandoned";

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
    this.#storage.sql.exec(
      `INSERT INTO turns (answer_id, user_id, state, first_id, last_id, checkpoint)
       VALUES (?, ?, 'running', ?, 0, ?)`,
      answerId,
      userId,
      NO_ID_YET,
      checkpoint,
    );
  }

  /** The turn starts: stores its checkpoint and the id of its first event. */
  start(answerId: string, checkpoint: string, firstId: number): void {
    const statement = "UPDATE turns SET checkpoint = ?, first_id = ? WHERE answer_id = ?";
    this.#storage.sql.exec(statement, checkpoint, firstId, answerId);
  }

  updateCheckpoint(answerId: string, checkpoint: string): void {
    if (!this.#storage.exists) return;
    const statement = "UPDATE turns SET checkpoint = ? WHERE answer_id = ?";
    this.#storage.sql.exec(statement, checkpoint, answerId);
  }

  /** All events of the turn are emitted. With an end, the same write stores it. */
  seal(answerId: string, lastId: number, end?: TurnEnd): void {
    if (end && this.#move(answerId, end.state, { ended_at: end.at, last_id: lastId })) return;
    this.#storage.sql.exec("UPDATE turns SET last_id = ? WHERE answer_id = ?", lastId, answerId);
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
    if (this.#storage.exists) this.seal(answerId, -1, { state: "ended", at: endedAt });
  }

  remove(answerId: string): void {
    if (!this.#storage.exists) return;
    this.#storage.sql.exec("DELETE FROM turns WHERE answer_id = ?", answerId);
    this.#longTexts.remove(answerId);
  }

  find(answerId: string): StoredTurn | undefined {
    return this.#select("WHERE answer_id = ?", answerId)[0];
  }

  /** The turn that an event belongs to. An unsealed turn owns every id from its first on. */
  findByEventId(id: number): StoredTurn | undefined {
    // A turn that never emitted an event shares its first id with the next.
    const where = "WHERE first_id <= ? AND last_id >= 0 ORDER BY first_id DESC, rowid DESC LIMIT 1";
    return this.#select(where, id)[0];
  }

  /** The ids of the newest kept turn that has started. */
  findNewest(): Pick<StoredTurn, "firstId" | "lastId"> | undefined {
    const where = "WHERE last_id >= 0 AND first_id < ? ORDER BY first_id DESC, rowid DESC LIMIT 1";
    const query = `SELECT first_id AS firstId, last_id AS lastId FROM turns ${where}`;
    type Ids = { firstId: number; lastId: number };
    return this.#storage.sql.exec<Ids>(query, NO_ID_YET).toArray()[0];
  }

  /** The id of the first event of the oldest kept turn; undefined where no kept turn has started. */
  firstId(): number | undefined {
    if (!this.#storage.exists) return undefined;
    const query = "SELECT min(first_id) AS id FROM turns WHERE last_id >= 0 AND first_id < ?";
    const { id } = this.#storage.sql.exec<{ id: number | null }>(query, NO_ID_YET).one();
    return id ?? undefined;
  }

  /** Turns whose last event is not emitted yet. */
  listUnsealed(): StoredTurn[] {
    return this.#select("WHERE last_id = 0");
  }

  /** Turns whose end Postgres does not have yet, but may still take. */
  listUnsaved(): StoredTurn[] {
    return this.#select("WHERE ended_at IS NULL");
  }

  listEndedBefore(time: number): StoredTurn[] {
    return this.#select("WHERE ended_at < ?", time);
  }

  /** When the oldest of the kept turns ended, null where none has, and how many are unsaved. */
  summary(): { firstEnd: number | null; unsaved: number } {
    if (!this.#storage.exists) return { firstEnd: null, unsaved: 0 };
    const query = `
      SELECT min(ended_at) AS firstEnd, count(*) FILTER (WHERE ended_at IS NULL) AS unsaved
      FROM turns`;
    return this.#storage.sql.exec<{ firstEnd: number | null; unsaved: number }>(query).one();
  }

  count(): number {
    if (!this.#storage.exists) return 0;
    const query = "SELECT count(*) AS count FROM turns";
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
      UPDATE turns SET ${columns.map((column) => `${column} = ?`).join(", ")}
      WHERE answer_id = ? AND state IN (SELECT value FROM json_each(?)) RETURNING answer_id`;
    const from = JSON.stringify(statesBefore(to));
    const bindings = [to, ...Object.values(values), answerId, from];
    return this.#storage.sql.exec(query, ...bindings).toArray().length > 0;
  }

  #select(where: string, ...bindings: (string | number)[]): StoredTurn[] {
    if (!this.#storage.exists) return [];
    const query = `SELECT answer_id, user_id, state, first_id, last_id, checkpoint FROM turns ${where}`;
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
