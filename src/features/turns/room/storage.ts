/**
 * The SQLite of a room: every table, the version of the schema, and the migration of an older room. A room
 * has no tables before its first turn, so a request for a chat that does not exist stores nothing.
 */
import { divideText } from "../../../lib/code-points.ts";

/**
 * The schema as numbered migrations: a room's version is the number of those that it has run. A deployed
 * migration never changes. From the third on, a migration only adds: after a rollback, older code has to work
 * in a room that newer code has migrated, or its chat would be out of service until the next deployment.
 */
const MIGRATIONS: readonly string[] = [
  // 1: rooms from before versions were stored have some of these tables already.
  `CREATE TABLE IF NOT EXISTS turns (
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
   CREATE TABLE IF NOT EXISTS text_parts (
     answer_id TEXT NOT NULL,
     of INTEGER NOT NULL,
     part INTEGER NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (answer_id, of, part)
   );
   CREATE TABLE IF NOT EXISTS late_titles (answer_id TEXT PRIMARY KEY, record TEXT NOT NULL);
   CREATE TABLE schema_version (one INTEGER PRIMARY KEY, version INTEGER NOT NULL);`,
  // 2: columns named after what they hold.
  `ALTER TABLE turns RENAME COLUMN record TO checkpoint;
   ALTER TABLE late_titles RENAME COLUMN record TO title;`,
  // 3: in place of `turns`: a turn with its events in one row that no index adds to. See `TurnTable`.
  // The long texts come last: to reach a column behind them SQLite reads them.
  `CREATE TABLE turn_logs (
     id INTEGER PRIMARY KEY,
     answer_id TEXT NOT NULL,
     user_id TEXT NOT NULL,
     state TEXT NOT NULL,
     first_id INTEGER NOT NULL,
     last_id INTEGER NOT NULL,
     ended_at INTEGER,
     written_id INTEGER NOT NULL DEFAULT 0,
     issued_id INTEGER NOT NULL DEFAULT 0,
     ceiling INTEGER NOT NULL DEFAULT 0,
     checkpoint TEXT NOT NULL,
     events TEXT NOT NULL DEFAULT ''
   );`,
];

/**
 * Turns of an older version, or of one that ran after a rollback. Their events stay where they are. Of two such turns
 * without events the one that was added later has the higher id.
 */
const ADOPT_OLDER_TURNS = `
  INSERT INTO turn_logs (answer_id, user_id, state, first_id, last_id, ended_at, checkpoint)
  SELECT answer_id, user_id, state, first_id, last_id, ended_at, checkpoint FROM turns ORDER BY rowid;
  DELETE FROM turns;`;

/** The version of a room that this code creates. */
export const SCHEMA_VERSION = MIGRATIONS.length;

export class RoomStorage {
  readonly #storage: DurableObjectStorage;
  #exists: boolean;

  /** Migrates a room that has tables of an older version; a newer version is used as it is. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#exists = this.#hasTable("turns");
    if (!this.#exists) return;
    this.#migrate();
    this.#adoptOlderTurns();
  }

  get sql(): SqlStorage {
    return this.#storage.sql;
  }

  /** False before the room's first turn, and after `deleteEverything`: then there is no table to query. */
  get exists(): boolean {
    return this.#exists;
  }

  /** The number of migrations that the room has run; 0 where it has no tables, or none with a version. */
  get version(): number {
    if (!this.#hasTable("schema_version")) return 0;
    return this.sql.exec<{ version: number }>("SELECT version FROM schema_version").one().version;
  }

  /** Creates the tables where there are none. */
  create(): void {
    if (!this.#exists) this.#migrate();
    this.#exists = true;
  }

  /** Deletes all tables and the alarm: Cloudflare stores nothing of the room from then on. */
  async deleteEverything(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
    this.#exists = false;
  }

  #migrate(): void {
    const missing = MIGRATIONS.slice(this.version);
    if (missing.length === 0) return;
    this.#storage.transactionSync(() => {
      for (const migration of missing) this.sql.exec(migration);
      const statement = "INSERT OR REPLACE INTO schema_version (one, version) VALUES (1, ?)";
      this.sql.exec(statement, SCHEMA_VERSION);
    });
  }

  #adoptOlderTurns(): void {
    if (this.sql.exec("SELECT 1 FROM turns LIMIT 1").next().done === true) return;
    this.#storage.transactionSync(() => this.sql.exec(ADOPT_OLDER_TURNS));
  }

  #hasTable(name: string): boolean {
    const query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
    return this.sql.exec(query, name).toArray().length > 0;
  }
}

/** What a long text belongs to: the checkpoint of a turn, or the chunk of events with this first id. */
type TextOwner = "checkpoint" | number;

/** UTF-16 code units in one row, which takes 2 MB: a code unit is at most three bytes of UTF-8. */
const LONGEST_PART = 500_000;

/**
 * Texts that may be too long for one row of SQLite. The first part stays in the row of its owner; the
 * others are in `text_parts`.
 */
export class LongTexts {
  readonly #storage: RoomStorage;

  constructor(storage: RoomStorage) {
    this.#storage = storage;
  }

  /** Stores all parts but the first, and returns that one. */
  storeRest(answerId: string, owner: TextOwner, text: string): string {
    if (text.length <= LONGEST_PART) return text;
    const [first = "", ...rest] = divideText(text, LONGEST_PART);
    const insert = "INSERT INTO text_parts (answer_id, of, part, text) VALUES (?, ?, ?, ?)";
    rest.forEach((part, index) =>
      this.#storage.sql.exec(insert, answerId, keyOf(owner), index, part),
    );
    return first;
  }

  /** The whole text that begins with this part. */
  readWhole(answerId: string, owner: TextOwner, first: string): string {
    // Short texts take no query. A full part is one unit shorter where a surrogate pair would be cut.
    if (first.length < LONGEST_PART - 1) return first;
    const query = "SELECT text FROM text_parts WHERE answer_id = ? AND of = ? ORDER BY part";
    const rows = this.#storage.sql.exec<{ text: string }>(query, answerId, keyOf(owner)).toArray();
    return first + rows.map(({ text }) => text).join("");
  }

  /** Deletes the parts of all texts of a turn. */
  remove(answerId: string): void {
    this.#storage.sql.exec("DELETE FROM text_parts WHERE answer_id = ?", answerId);
  }
}

/** Event ids begin with 1, so 0 is free for the checkpoint. */
function keyOf(owner: TextOwner): number {
  return owner === "checkpoint" ? 0 : owner;
}
