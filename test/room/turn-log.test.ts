import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { EventLog } from "../../src/features/turns/room/event-log.ts";
import { Chat, type Step } from "./chat.ts";
import { begin, crash, end, follow, idOf, idsOf, say, USER } from "./turns.ts";

/** Runs it in the storage of a new room. */
function inRoom<T>(run: (sql: SqlStorage) => T): Promise<T> {
  const room = env.ROOM.getByName(crypto.randomUUID());
  return runInDurableObject(room, (_room, { storage }) => run(storage.sql));
}

describe("reading after an id", () => {
  it("returns the later events, from memory, storage or both", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      begin(log);
      const emitted: NumberedEvent[] = [];
      for (const count of [3, 200, 300, 1, 700]) {
        emitted.push(...say(log, count));
        log.flush();
        emitted.push(...say(log, 2));
      }
      for (let index = 0; index < emitted.length; index++) {
        expect(log.readAfter(idOf(emitted[index]))[0]).toEqual(emitted[index + 1]);
      }
      expect(follow(log)).toEqual(emitted);
    });
  });

  it("returns nothing where nothing came yet, and nothing of a room without a turn", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      expect(log.readAfter(0)).toEqual([]);
      expect(log.isEmpty).toBe(true);
      begin(log);
      const [first] = say(log, 1);
      expect(log.readAfter(idOf(first))).toEqual([]);
    });
  });

  it("continues from one turn into the next", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const first = begin(log);
      const emitted = say(log, 2);
      emitted.push(end(log, first));
      begin(log);
      emitted.push(...say(log, 2));
      expect(follow(log)).toEqual(emitted);
      expect(idsOf(emitted)).toEqual([1, 2, 3, 4, 5]);
    });
  });
});

describe("a crash", () => {
  it("keeps all of a sealed turn", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const answerId = begin(log);
      const emitted = [...say(log, 600), end(log, answerId)];
      const after = crash(sql);
      expect(follow(after)).toEqual(emitted);
      expect(after.turns.unsealed()).toEqual([]);
    });
  });

  it("keeps the written events of a turn, and names the turn as unfinished", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const answerId = begin(log);
      const written = say(log, 5);
      log.flush();
      say(log, 5, "lost ");
      const after = crash(sql);
      expect(follow(after)).toEqual(written);
      expect(after.receivedOf(answerId).content).toBe("word 0 word 1 word 2 word 3 word 4 ");
      expect(after.turns.unsealed()).toMatchObject([{ answerId, state: "running", lastId: 0 }]);
    });
  });

  it("issues no id again, also of those that it lost", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const answerId = begin(log);
      const lost = say(log, 900);
      const after = crash(sql);
      after.open(answerId);
      const [next] = say(after, 1);
      expect(idOf(next)).toBeGreaterThan(idOf(lost.at(-1)));
      expect(after.hasIssued(idOf(lost.at(-1)))).toBe(true);
      expect(follow(after, idOf(lost.at(-1)))).toEqual([next]);
    });
  });
});

describe("a turn that never began", () => {
  it("leaves no gap in the ids where others ended before it", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const last = end(log, begin(log));
      const [refused, lost] = [crypto.randomUUID(), crypto.randomUUID()];
      log.prepare({ answerId: refused, userId: USER, record: "{}" });
      log.turns.remove(refused);
      log.prepare({ answerId: lost, userId: USER, record: "{}" });
      const after = crash(sql);
      expect(after.lastId).toBe(last.id);
      begin(after);
      expect(idsOf(say(after, 1))).toEqual([last.id + 1]);
    });
  });

  it("reserves no id of the turn that runs meanwhile", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const running = begin(log);
      say(log, 1);
      const other = crypto.randomUUID();
      log.prepare({ answerId: other, userId: USER, record: "{}" });
      const later = idOf(say(log, 1)[0]);
      expect(log.turns.holding(later)?.answerId).toBe(running);
      const last = end(log, running);
      expect(log.turns.holding(last.id)?.answerId).toBe(running);
      expect(log.open(other, "{}")).toBe(last.id + 1);
      expect(log.turns.holding(last.id + 1)?.answerId).toBe(other);
    });
  });

  it("leaves a room empty that had no other", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      log.prepare({ answerId: "refused", userId: USER, record: "{}" });
      expect(log.isEmpty).toBe(false);
      log.turns.remove("refused");
      expect(log.isEmpty).toBe(true);
    });
  });
});

describe("pruning", () => {
  it("deletes the turns that ended before, names them, and reuses none of their ids", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      const [old, young] = [begin(log), crypto.randomUUID()];
      const last = end(log, old, 1_000);
      begin(log, young);
      const emitted = [...say(log, 1), end(log, young, 2_000)];

      expect(log.prune(2_000).map(({ answerId }) => answerId)).toEqual([old]);
      expect(follow(log)).toEqual(emitted);
      expect(log.prune(3_000).map(({ answerId }) => answerId)).toEqual([young]);
      expect(follow(log)).toEqual([]);

      const after = crash(sql);
      expect(after.hasIssued(last.id)).toBe(true);
      expect(after.turns.holding(last.id)).toBeUndefined();
      begin(after);
      expect(idOf(say(after, 1)[0])).toBe(idOf(emitted.at(-1)) + 1);
    });
  });

  it("leaves a turn alone that has not ended", async () => {
    await inRoom((sql) => {
      const log = new EventLog(sql);
      begin(log);
      const emitted = say(log, 3);
      log.flush();
      expect(log.prune(Number.MAX_SAFE_INTEGER)).toEqual([]);
      expect(follow(crash(sql))).toEqual(emitted);
    });
  });
});

describe("in any order of operations", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 400 }).map((count) => ({ say: count })) },
    { weight: 3, arbitrary: fc.constant("flush" as const) },
    { weight: 2, arbitrary: fc.constant("end" as const) },
    { weight: 2, arbitrary: fc.constant("crash" as const) },
  );

  it("a subscriber gets every event that was not lost, once, in order, and no id with two contents", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) =>
        inRoom((sql) => {
          const chat = new Chat(sql);
          for (const next of steps) {
            chat.take(next);
            chat.check();
          }
        }),
      ),
      { numRuns: 60 },
    );
  });
});
