import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { RoomStorage, SCHEMA_VERSION } from "../../src/features/turns/room/storage.ts";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { begin, crash, emit, end, follow, idOf, idsOf, openLog, USER } from "./turns.ts";

/** Runs it with the storage of a new room. */
function inRoom<T>(run: (storage: DurableObjectStorage) => T): Promise<T> {
  const room = env.ROOM.getByName(crypto.randomUUID());
  return runInDurableObject(room, (_room, { storage }) => run(storage));
}

const TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name";

/** The tables of a room, with their definitions. */
const tablesOf = ({ sql }: DurableObjectStorage) => sql.exec(TABLES).toArray();

function newRoomTables(storage: DurableObjectStorage) {
  new RoomStorage(storage).create();
  return tablesOf(storage);
}

/** The statements that created a room before versions were stored. */
const BEFORE_VERSIONS = `
  CREATE TABLE turns (
    answer_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    ended_at INTEGER,
    record TEXT NOT NULL
  );
  CREATE TABLE chunks (
    first_id INTEGER PRIMARY KEY,
    last_id INTEGER NOT NULL,
    answer_id TEXT NOT NULL,
    events TEXT NOT NULL
  );
  CREATE TABLE counter (one INTEGER PRIMARY KEY, ceiling INTEGER NOT NULL);`;

const answerId = "an answer";
const eventOf = (id: number): NumberedEvent => ({
  id,
  event: { type: "content_delta", content: `word ${id} ` },
});
const events = [1, 2, 3].map(eventOf);

/** An old room with one running turn. */
function createOldRoom({ sql }: DurableObjectStorage): void {
  sql.exec(BEFORE_VERSIONS);
  sql.exec(
    `INSERT INTO turns (answer_id, user_id, state, first_id, last_id, record)
     VALUES (?, ?, 'running', 1, 0, '{"running":{}}')`,
    answerId,
    USER,
  );
  const insert = "INSERT INTO chunks (first_id, last_id, answer_id, events) VALUES (1, 3, ?, ?)";
  sql.exec(insert, answerId, JSON.stringify(events));
  sql.exec("INSERT INTO counter (one, ceiling) VALUES (1, 1000)");
}

/** A turn that has ended, as version 2 stores it. */
function addOlderTurn(
  { sql }: DurableObjectStorage,
  turn: { events: NumberedEvent[]; ceiling: number },
): void {
  const [firstId, lastId] = [idOf(turn.events[0]), idOf(turn.events.at(-1))];
  sql.exec(
    `INSERT INTO turns (answer_id, user_id, state, first_id, last_id, ended_at, checkpoint)
     VALUES (?, ?, 'ended', ?, ?, 0, '{}')`,
    answerId,
    USER,
    firstId,
    lastId,
  );
  const insert = "INSERT INTO chunks (first_id, last_id, answer_id, events) VALUES (?, ?, ?, ?)";
  sql.exec(insert, firstId, lastId, answerId, JSON.stringify(turn.events));
  sql.exec("INSERT OR REPLACE INTO counter (one, ceiling) VALUES (1, ?)", turn.ceiling);
}

function createRoomOfVersion2(storage: DurableObjectStorage): void {
  new RoomStorage(storage).create();
  storage.sql.exec("DROP TABLE turn_logs; UPDATE schema_version SET version = 2;");
  addOlderTurn(storage, { events, ceiling: 1_000 });
}

describe("the storage of a room", () => {
  it("has no tables before the first turn", async () => {
    await inRoom((storage) => {
      const room = new RoomStorage(storage);
      expect([room.exists, room.version, openLog(storage).isEmpty]).toEqual([false, 0, true]);
      expect(tablesOf(storage)).toEqual([]);
    });
  });

  it("is created at the newest version", async () => {
    await inRoom((storage) => {
      begin(openLog(storage));
      const room = new RoomStorage(storage);
      expect([room.exists, room.version]).toEqual([true, SCHEMA_VERSION]);
    });
  });

  it("migrates a room of an older version, and keeps its turns and their events", async () => {
    const expected = await inRoom(newRoomTables);
    await inRoom((storage) => {
      createOldRoom(storage);
      const log = openLog(storage);
      expect(new RoomStorage(storage).version).toBe(SCHEMA_VERSION);
      expect(follow(log)).toEqual(events);
      expect(log.receivedOf(answerId).content).toBe("word 1 word 2 word 3 ");
      expect(log.turns.find(answerId)).toMatchObject({
        state: "running",
        checkpoint: '{"running":{}}',
      });
      log.reopen(answerId);
      expect(idOf(end(log, answerId))).toBe(1_001);
      expect(tablesOf(storage).map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
    });
  });

  it("migrates a room whose tables are of version 1", async () => {
    await inRoom((storage) => {
      createRoomOfVersion2(storage);
      storage.sql.exec(`
        ALTER TABLE turns RENAME COLUMN checkpoint TO record;
        ALTER TABLE late_titles RENAME COLUMN title TO record;
        UPDATE schema_version SET version = 1;`);
      const after = openLog(storage);
      expect(follow(after)).toEqual(events);
      expect(after.turns.find(answerId)?.state).toBe("ended");
      expect(new RoomStorage(storage).version).toBe(SCHEMA_VERSION);
    });
  });

  it("migrates a room of version 2, and goes on with ids above all that it may have issued", async () => {
    await inRoom((storage) => {
      createRoomOfVersion2(storage);
      const log = openLog(storage);
      expect(follow(log)).toEqual(events);
      const next = begin(log);
      const emitted = [...emit(log, 3), end(log, next)];
      expect(idOf(emitted[0])).toBe(1_001);
      const after = crash(storage);
      expect(follow(after)).toEqual([...events, ...emitted]);
      expect(after.prune(1).map((turn) => turn.answerId)).toEqual([answerId, next]);
      expect(follow(after)).toEqual([]);
      expect(storage.sql.exec("SELECT * FROM chunks").toArray()).toEqual([]);
    });
  });

  it("adopts the turns of an older version that ran after a rollback, and issues none of its ids", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      end(log, begin(log));
      const ceiling = Number(storage.sql.exec("SELECT ceiling FROM counter").one().ceiling);
      // The older version does not read the newer table, and goes on above the ceiling.
      const older = [1, 2].map((id) => ({ ...eventOf(id), id: ceiling + id }));
      addOlderTurn(storage, { events: older, ceiling: ceiling + 4_096 });
      const after = openLog(storage);
      expect(follow(after, ceiling)).toEqual(older);
      expect(after.turns.find(answerId)?.state).toBe("ended");
      begin(after);
      expect(idsOf(emit(after, 1))).toEqual([ceiling + 4_097]);
    });
  });

  it("has no trace of a turn after its log is deleted, but the last id that was issued", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const pruned = begin(log);
      emit(log, 3, "secret ");
      const last = end(log, pruned);
      log.prune(1);
      const rows = JSON.stringify(storage.sql.exec("SELECT * FROM turn_logs").toArray());
      for (const text of ["secret", pruned, USER]) expect(rows).not.toContain(text);
      expect(crash(storage).lastId).toBe(last.id);
    });
  });

  it("is not changed when it is opened again", async () => {
    await inRoom((storage) => {
      createOldRoom(storage);
      openLog(storage);
      const tables = tablesOf(storage);
      expect(follow(openLog(storage))).toEqual(events);
      new RoomStorage(storage).create();
      expect(tablesOf(storage)).toEqual(tables);
      expect(new RoomStorage(storage).version).toBe(SCHEMA_VERSION);
    });
  });

  it("is left as it was where a migration fails", async () => {
    await inRoom((storage) => {
      createOldRoom(storage);
      // A second `checkpoint` cannot exist, so the last migration fails.
      storage.sql.exec("ALTER TABLE turns ADD COLUMN checkpoint TEXT");
      const tables = tablesOf(storage);
      expect(() => new RoomStorage(storage)).toThrow(/duplicate column/);
      expect(tablesOf(storage)).toEqual(tables);
    });
  });

  it("is used as it is where its version is newer, after a rollback", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const emitted = [end(log, begin(log))];
      storage.sql.exec("ALTER TABLE turns ADD COLUMN later TEXT");
      storage.sql.exec("UPDATE schema_version SET version = ?", SCHEMA_VERSION + 1);
      const after = crash(storage);
      expect(follow(after)).toEqual(emitted);
      end(after, begin(after));
      expect(new RoomStorage(storage).version).toBe(SCHEMA_VERSION + 1);
    });
  });

  it("keeps a text that is longer than a row takes", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const answerId = begin(log);
      const checkpoint = JSON.stringify({ text: "\u20ac\u{1f600}".repeat(400_000) });
      log.turns.keepEnd(answerId, checkpoint);
      expect(crash(storage).turns.find(answerId)).toMatchObject({ state: "saving", checkpoint });
      log.turns.remove(answerId);
      const { count } = storage.sql.exec("SELECT count(*) AS count FROM text_parts").one();
      expect(count).toBe(0);
    });
  });

  it("has no tables and no alarm after everything is deleted, and is created again", async () => {
    await inRoom(async (storage) => {
      const room = new RoomStorage(storage);
      room.create();
      await storage.setAlarm(Date.now() + 60_000);
      await room.deleteEverything();
      expect(await storage.getAlarm()).toBeNull();
      expect([room.exists, tablesOf(storage)]).toEqual([false, []]);
      room.create();
      expect(room.version).toBe(SCHEMA_VERSION);
    });
  });
});
