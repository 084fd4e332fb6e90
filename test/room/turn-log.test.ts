import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { Chat, type Step } from "./chat.ts";
import { begin, crash, emit, end, follow, idOf, idsOf, openLog, prepare } from "./turns.ts";

/** Runs it with the storage of a new room. */
function inRoom<T>(run: (storage: DurableObjectStorage) => T): Promise<T> {
  const room = env.ROOM.getByName(crypto.randomUUID());
  return runInDurableObject(room, (_room, { storage }) => run(storage));
}

describe("reading after an id", () => {
  it("returns the events after it, from memory, from the storage, or from both", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      begin(log);
      const events: NumberedEvent[] = [];
      for (const count of [3, 200, 300, 1, 700]) {
        events.push(...emit(log, count));
        log.flush();
        events.push(...emit(log, 2));
      }
      for (let index = 0; index < events.length; index++) {
        expect(log.readAfter(idOf(events[index]))[0]).toEqual(events[index + 1]);
      }
      expect(follow(log)).toEqual(events);
    });
  });

  it("returns nothing where no event follows yet, and nothing in a room without turns", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      expect(log.readAfter(0)).toEqual([]);
      expect(log.isEmpty).toBe(true);
      begin(log);
      const [first] = emit(log, 1);
      expect(log.readAfter(idOf(first))).toEqual([]);
    });
  });

  it("continues from one turn into the next", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const first = begin(log);
      const events = emit(log, 2);
      events.push(end(log, first));
      begin(log);
      events.push(...emit(log, 2));
      expect(follow(log)).toEqual(events);
      expect(idsOf(events)).toEqual([1, 2, 3, 4, 5]);
    });
  });
});

describe("a crash", () => {
  it("keeps all of a turn that was sealed", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const answerId = begin(log);
      const events = [...emit(log, 600), end(log, answerId)];
      const after = crash(storage);
      expect(follow(after)).toEqual(events);
      expect(after.turns.listUnsealed()).toEqual([]);
    });
  });

  it("keeps the written events of a turn, and lists the turn as unsealed", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const answerId = begin(log);
      const written = emit(log, 5);
      log.flush();
      emit(log, 5, "lost ");
      const after = crash(storage);
      expect(follow(after)).toEqual(written);
      expect(after.receivedOf(answerId).content).toBe("word 0 word 1 word 2 word 3 word 4 ");
      expect(after.turns.listUnsealed()).toMatchObject([{ answerId, state: "running", lastId: 0 }]);
    });
  });

  it("issues no id again, also of those that it lost", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const answerId = begin(log);
      const lost = emit(log, 900);
      const after = crash(storage);
      after.reopen(answerId);
      const [next] = emit(after, 1);
      expect(idOf(next)).toBeGreaterThan(idOf(lost.at(-1)));
      expect(after.hasIssued(idOf(lost.at(-1)))).toBe(true);
      expect(follow(after, idOf(lost.at(-1)))).toEqual([next]);
    });
  });
});

describe("a turn that never began", () => {
  it("leaves no gap in the ids after turns that ended", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const last = end(log, begin(log));
      log.turns.remove(prepare(log));
      prepare(log);
      const after = crash(storage);
      expect(after.lastId).toBe(last.id);
      begin(after);
      expect(idsOf(emit(after, 1))).toEqual([last.id + 1]);
    });
  });

  it("owns no event of the turn that runs meanwhile", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const running = begin(log);
      emit(log, 1);
      const other = prepare(log);
      const later = idOf(emit(log, 1)[0]);
      expect(log.turns.findByEventId(later)?.answerId).toBe(running);
      const last = end(log, running);
      expect(log.turns.findByEventId(last.id)?.answerId).toBe(running);
      expect(log.start(other, "{}")).toBe(last.id + 1);
      expect(log.turns.findByEventId(last.id + 1)?.answerId).toBe(other);
    });
  });

  it("leaves the room empty where it was the only one", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const refused = prepare(log);
      expect(log.isEmpty).toBe(false);
      log.turns.remove(refused);
      expect(log.isEmpty).toBe(true);
    });
  });
});

describe("pruning", () => {
  it("deletes the turns that ended before, returns them, and issues none of their ids again", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const [old, young] = [begin(log), crypto.randomUUID()];
      const last = end(log, old, 1_000);
      begin(log, young);
      const events = [...emit(log, 1), end(log, young, 2_000)];

      expect(log.prune(2_000).map(({ answerId }) => answerId)).toEqual([old]);
      expect(follow(log)).toEqual(events);
      expect(log.prune(3_000).map(({ answerId }) => answerId)).toEqual([young]);
      expect(follow(log)).toEqual([]);

      const after = crash(storage);
      expect(after.hasIssued(last.id)).toBe(true);
      expect(after.turns.findByEventId(last.id)).toBeUndefined();
      begin(after);
      expect(idOf(emit(after, 1)[0])).toBe(idOf(events.at(-1)) + 1);
    });
  });

  it("issues no id of the newest turn again where an older one ended later, and is kept", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      end(log, begin(log), 5_000);
      const last = end(log, begin(log), 1_000);
      expect(log.prune(2_000)).toHaveLength(1);
      const after = crash(storage);
      begin(after);
      expect(idOf(emit(after, 1)[0])).toBeGreaterThan(last.id);
    });
  });

  it("issues no id again after a turn with more events than its start made room for", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      const answerId = begin(log);
      emit(log, 9_000);
      const last = end(log, answerId);
      const after = crash(storage);
      expect(after.lastId).toBe(last.id);
      begin(after);
      expect(idsOf(emit(after, 1))).toEqual([last.id + 1]);
    });
  });

  it("keeps a turn that has not ended", async () => {
    await inRoom((storage) => {
      const log = openLog(storage);
      begin(log);
      const events = emit(log, 3);
      log.flush();
      expect(log.prune(Number.MAX_SAFE_INTEGER)).toEqual([]);
      expect(follow(crash(storage))).toEqual(events);
    });
  });
});

describe("any order of events", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 400 }).map((count) => ({ emit: count })) },
    { weight: 3, arbitrary: fc.constant("flush" as const) },
    { weight: 2, arbitrary: fc.constant("end" as const) },
    { weight: 2, arbitrary: fc.constant("crash" as const) },
  );

  it("a subscriber gets every event that was not lost, once, in order, and no id with two contents", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) =>
        inRoom((storage) => {
          const chat = new Chat(storage);
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
