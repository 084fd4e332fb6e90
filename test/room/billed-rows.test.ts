import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { EventLog } from "../../src/features/turns/room/event-log.ts";
import { RoomStorage } from "../../src/features/turns/room/storage.ts";
import { begin, emit, end, follow } from "./turns.ts";

/** A log, and the rows that the platform bills of it: written, changed or deleted, those of indexes included. */
function inCountedRoom<T>(
  run: (log: EventLog, billed: (kind?: "rowsWritten" | "rowsRead") => number) => T,
): Promise<T> {
  const room = env.ROOM.getByName(crypto.randomUUID());
  return runInDurableObject(room, (_room, { storage }) => {
    const cursors: { rowsWritten: number; rowsRead: number }[] = [];
    const sql = new Proxy(storage.sql, {
      get: (target, name) =>
        name === "exec"
          ? (query: string, ...bindings: SqlStorageValue[]) => {
              const cursor = target.exec(query, ...bindings);
              cursors.push(cursor);
              return cursor;
            }
          : Reflect.get(target, name),
    });
    const counted = new Proxy(storage, {
      get(target, name) {
        if (name === "sql") return sql;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const log = new EventLog(new RoomStorage(counted));
    const billed = (kind: "rowsWritten" | "rowsRead" = "rowsWritten") =>
      cursors.splice(0).reduce((sum, cursor) => sum + cursor[kind], 0);
    return run(log, billed);
  });
}

const TOKENS_PER_SECOND = 50;

/** A turn of so many seconds, with a flush in each. */
function answer(log: EventLog, seconds: number): void {
  const answerId = begin(log);
  for (let second = 1; second < seconds; second++) {
    emit(log, TOKENS_PER_SECOND);
    log.flush();
  }
  emit(log, TOKENS_PER_SECOND);
  end(log, answerId);
}

describe("the rows that a turn is billed for", () => {
  it("are one a second of the answer, two for its beginning, and little more for a long one", async () => {
    await inCountedRoom((log, billed) => {
      // The first turn of a chat creates the tables.
      answer(log, 1);
      billed();
      answer(log, 10);
      expect(billed()).toBe(10 + 2);
      answer(log, 60);
      // The highest id that may be issued; and the last events are in another row than the turn's, which is full.
      expect(billed()).toBe(60 + 2 + 2);
    });
  });

  it("are few where the answer comes in large pieces", async () => {
    await inCountedRoom((log, billed) => {
      answer(log, 1);
      billed();
      const answerId = begin(log);
      emit(log, 300, "x".repeat(3_000));
      end(log, answerId);
      // 900 KiB, in rows of 128.
      expect(billed()).toBeLessThanOrEqual(12);
    });
  });

  it("are one when the log is deleted, and none more for the turn that follows", async () => {
    await inCountedRoom((log, billed) => {
      answer(log, 10);
      billed();
      expect(log.prune(1)).toHaveLength(1);
      expect(billed()).toBe(1);
      expect(follow(log)).toEqual([]);
      answer(log, 10);
      expect(billed()).toBe(10 + 2);
    });
  });

  it("are one for each turn when the logs of several are deleted", async () => {
    await inCountedRoom((log, billed) => {
      for (let turn = 0; turn < 3; turn++) answer(log, 1);
      const { lastId } = log;
      billed();
      expect(log.prune(1)).toHaveLength(3);
      expect(billed()).toBe(3);
      const next = begin(log);
      expect(emit(log, 1)[0]?.id).toBe(lastId + 1);
      end(log, next);
    });
  });

  it("are none where nothing is written", async () => {
    await inCountedRoom((log, billed) => {
      answer(log, 3);
      billed();
      expect(follow(log)).toHaveLength(3 * TOKENS_PER_SECOND + 1);
      log.flush();
      expect(log.prune(0)).toEqual([]);
      expect(billed()).toBe(0);
    });
  });
});

describe("the rows that a subscriber reads", () => {
  it("are as few for a page at the beginning of a long log as for one at its end", async () => {
    await inCountedRoom((log, billed) => {
      for (let turn = 0; turn < 4; turn++) {
        const answerId = begin(log);
        emit(log, 8_000, "x".repeat(500));
        end(log, answerId);
      }
      billed();
      for (const after of [0, 1_000, log.lastId / 2, log.lastId - 1_000]) {
        expect(log.readAfter(after)[0]?.id).toBe(after + 1);
        // Those of the four turns, some more than once, and the one with the events. The events fill 70 rows.
        expect(billed("rowsRead")).toBeLessThanOrEqual(20);
      }
    });
  });
});

describe("a row with many events", () => {
  it("is read page by page, from memory and from the storage, by a new instance of the room too", async () => {
    await runInDurableObject(env.ROOM.getByName(crypto.randomUUID()), (_room, { storage }) => {
      const log = new EventLog(new RoomStorage(storage));
      answer(log, 40);
      for (const reader of [log, new EventLog(new RoomStorage(storage))]) {
        const events = follow(reader);
        expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
        expect(events).toHaveLength(40 * TOKENS_PER_SECOND + 1);
        for (const { id } of events) {
          const page = reader.readAfter(id);
          expect(page.length).toBeLessThanOrEqual(32);
          expect(page[0]).toEqual(events[id]);
        }
      }
    });
  });

  it("holds the rest of a text that is cut off by a crash in it, and takes no events of the next instance", async () => {
    await runInDurableObject(env.ROOM.getByName(crypto.randomUUID()), (_room, { storage }) => {
      const log = new EventLog(new RoomStorage(storage));
      const answerId = begin(log);
      const written = emit(log, 70);
      log.flush();
      written.push(...emit(log, 70));
      log.flush();
      emit(log, 5, "lost ");
      const after = new EventLog(new RoomStorage(storage));
      after.reopen(answerId);
      const last = end(after, answerId);
      expect(follow(after)).toEqual([...written, last]);
      expect(follow(new EventLog(new RoomStorage(storage)))).toEqual([...written, last]);
    });
  });
});
