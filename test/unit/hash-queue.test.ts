import { describe, expect, it } from "vitest";
import { createHashQueue } from "../../src/features/auth/hash-queue.ts";
import { Problem } from "../../src/lib/problem.ts";

const ABANDONED_MS = 1_000;

function queueOf(capacity: number) {
  const time = { now: 0 };
  return {
    time,
    queue: createHashQueue(() => time.now, {
      capacity,
      pollMs: 1,
      pauseMs: 0,
      abandonedMs: ABANDONED_MS,
    }),
  };
}

/** Work of a request whose client disconnected: its code is frozen. */
const frozen = () => new Promise<never>(() => undefined);

const codeOf = (error: unknown) => (error instanceof Problem ? error.code : error);

describe("the hashing queue", () => {
  it("runs one job at a time, in the order of arrival", async () => {
    const { queue } = queueOf(5);
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve));
      log.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map((name) => queue.run(work(name))));
    expect(log).toEqual(["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it("refuses jobs beyond its limit, and accepts the next once one is done", async () => {
    const { queue } = queueOf(2);
    const first = Promise.withResolvers<string>();
    const both = [queue.run(() => first.promise), queue.run(async () => "second")];
    const third = queue.run(async () => "third");
    expect(await third.catch(codeOf)).toBe("too_many_password_checks");
    first.resolve("first");
    expect(await Promise.all(both)).toEqual(["first", "second"]);
    expect(await queue.run(async () => "third")).toBe("third");
  });

  it("continues after a job that fails", async () => {
    const { queue } = queueOf(1);
    await expect(queue.run(() => Promise.reject(new Error("no hash")))).rejects.toThrow("no hash");
    expect(await queue.run(async () => "next")).toBe("next");
  });

  it("skips a request that is frozen, and stops counting it", async () => {
    const { queue, time } = queueOf(2);
    void queue.run(frozen);
    const waiting = queue.run(async () => "waited");
    time.now += ABANDONED_MS + 1;
    expect(await waiting).toBe("waited");
    expect(await Promise.all([1, 2].map((n) => queue.run(async () => n)))).toEqual([1, 2]);
  });

  it("rests between two jobs, however the next one arrives", async () => {
    const time = { now: 0 };
    const options = { capacity: 3, pollMs: 1, pauseMs: 50, abandonedMs: ABANDONED_MS };
    const queue = createHashQueue(() => time.now, options);
    await queue.run(async () => undefined);
    let begun = 0;
    const others = [1, 2].map(() => queue.run(async () => begun++));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(begun).toBe(0);
    time.now += 50;
    await others[0];
    expect(begun).toBe(1);
    time.now += 50;
    await Promise.all(others);
  });

  it("keeps a long job as long as it reports progress", async () => {
    const { queue, time } = queueOf(2);
    const log: string[] = [];
    const long = queue.run(async (keepAlive) => {
      for (let step = 0; step < 5; step++) {
        time.now += ABANDONED_MS / 2;
        keepAlive();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      log.push("long");
    });
    const next = queue.run(async () => log.push("next"));
    await Promise.all([long, next]);
    expect(log).toEqual(["long", "next"]);
  });
});
