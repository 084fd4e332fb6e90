import { describe, expect, it } from "vitest";
import { createHashTurns } from "../../src/features/auth/hash-turns.ts";
import { Problem } from "../../src/lib/problem.ts";

const GONE_MS = 1_000;

function turnsAt(capacity: number) {
  const time = { now: 0 };
  return {
    time,
    turns: createHashTurns(() => time.now, { capacity, pollMs: 1, restMs: 0, goneMs: GONE_MS }),
  };
}

/** Work of a request whose client left: its code is frozen. */
const frozen = () => new Promise<never>(() => undefined);

const codeOf = (error: unknown) => (error instanceof Problem ? error.code : error);

describe("turns of hashing", () => {
  it("let one work at a time, in the order of arrival", async () => {
    const { turns } = turnsAt(5);
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve));
      log.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map((name) => turns.take(work(name))));
    expect(log).toEqual(["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it("refuse whoever would be too many, and take the next once one is done", async () => {
    const { turns } = turnsAt(2);
    const first = Promise.withResolvers<string>();
    const both = [turns.take(() => first.promise), turns.take(async () => "second")];
    const third = turns.take(async () => "third");
    expect(await third.catch(codeOf)).toBe("too_many_password_checks");
    first.resolve("first");
    expect(await Promise.all(both)).toEqual(["first", "second"]);
    expect(await turns.take(async () => "third")).toBe("third");
  });

  it("pass on after work that fails", async () => {
    const { turns } = turnsAt(1);
    await expect(turns.take(() => Promise.reject(new Error("no hash")))).rejects.toThrow("no hash");
    expect(await turns.take(async () => "next")).toBe("next");
  });

  it("pass on from a request that is frozen, and count it no longer", async () => {
    const { turns, time } = turnsAt(2);
    void turns.take(frozen);
    const waiting = turns.take(async () => "waited");
    time.now += GONE_MS + 1;
    expect(await waiting).toBe("waited");
    expect(await Promise.all([1, 2].map((n) => turns.take(async () => n)))).toEqual([1, 2]);
  });

  it("leave a rest between two, however the next one comes", async () => {
    const time = { now: 0 };
    const options = { capacity: 3, pollMs: 1, restMs: 50, goneMs: GONE_MS };
    const turns = createHashTurns(() => time.now, options);
    await turns.take(async () => undefined);
    let begun = 0;
    const others = [1, 2].map(() => turns.take(async () => begun++));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(begun).toBe(0);
    time.now += 50;
    await others[0];
    expect(begun).toBe(1);
    time.now += 50;
    await Promise.all(others);
  });

  it("stay with work that is long, as long as it says that it goes on", async () => {
    const { turns, time } = turnsAt(2);
    const log: string[] = [];
    const long = turns.take(async (stillHere) => {
      for (let step = 0; step < 5; step++) {
        time.now += GONE_MS / 2;
        stillHere();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      log.push("long");
    });
    const next = turns.take(async () => log.push("next"));
    await Promise.all([long, next]);
    expect(log).toEqual(["long", "next"]);
  });
});
