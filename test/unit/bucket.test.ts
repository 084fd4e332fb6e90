import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type TokenBucket,
  drain,
  fill,
  hasRoom,
  levelOf,
  type Quota,
} from "../../src/limits/bucket.ts";

const quotas = fc.record({
  count: fc.integer({ min: 1, max: 1_000 }),
  seconds: fc.integer({ min: 1, max: 86_400 }),
});
const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 300 });

/** A bucket, and whether it has admitted a request at this time. */
function take(bucket: TokenBucket | undefined, quota: Quota, now: number): [TokenBucket, boolean] {
  const drained = drain(bucket, quota, now);
  return hasRoom(drained, quota) ? [fill(drained, 1), true] : [drained, false];
}

/** The times at which requests are admitted that come after these pauses. */
function admittedTimes(quota: Quota, waits: readonly number[]): number[] {
  const times: number[] = [];
  let now = 1_700_000_000_000;
  let bucket: TokenBucket | undefined;
  for (const wait of waits) {
    now += wait;
    const [next, isAdmitted] = take(bucket, quota, now);
    bucket = next;
    if (isAdmitted) times.push(now);
  }
  return times;
}

describe("a token bucket", () => {
  it("never admits more than its quota and what is refilled, in any period", () => {
    fc.assert(
      fc.property(quotas, pauses, (quota, waits) => {
        const times = admittedTimes(quota, waits);
        for (const [first, from] of times.entries()) {
          for (const [later, to] of times.slice(first).entries()) {
            const refilled = ((to - from) * quota.count) / (quota.seconds * 1_000);
            expect(later + 1).toBeLessThanOrEqual(quota.count + refilled + 1e-6);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("admits exactly its quota at once, and one more after the time that it names", () => {
    fc.assert(
      fc.property(quotas, fc.integer({ min: 0, max: 2 ** 45 }), (quota, now) => {
        let bucket: TokenBucket | undefined;
        for (let index = 0; index < quota.count; index++) {
          const [next, isAdmitted] = take(bucket, quota, now);
          expect(isAdmitted).toBe(true);
          bucket = next;
        }
        const [full, isAdmitted] = take(bucket, quota, now);
        const { remaining, nextInMs } = levelOf(full, quota);
        expect({ isAdmitted, remaining }).toEqual({ isAdmitted: false, remaining: 0 });
        expect(take(full, quota, now + Math.ceil(nextInMs))[1]).toBe(true);
        expect(take(full, quota, now + Math.ceil(nextInMs) - 1)[1]).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("admits what it says that remains", () => {
    fc.assert(
      fc.property(quotas, pauses, (quota, waits) => {
        let bucket: TokenBucket | undefined;
        let now = 0;
        for (const wait of waits) bucket = take(bucket, quota, (now += wait))[0];
        const { remaining } = levelOf(drain(bucket, quota, now), quota);
        let admitted = 0;
        for (let more = true; more; admitted += more ? 1 : 0) {
          [bucket, more] = take(bucket, quota, now);
        }
        expect(admitted).toBe(remaining);
      }),
      { numRuns: 50 },
    );
  });

  it("is whole again after the time that it names, and refills nothing by a clock that goes back", () => {
    const quota = { count: 3, seconds: 60 };
    const bucket = { used: 3, at: 100_000 };
    const { fullInMs } = levelOf(bucket, quota);
    expect(fullInMs).toBe(60_000);
    expect(drain(bucket, quota, 100_000 + fullInMs).used).toBe(0);
    expect(drain(bucket, quota, 50_000)).toEqual(bucket);
    expect(drain(drain(bucket, quota, 50_000), quota, 100_000)).toEqual(bucket);
  });

  it("gives back what is refunded, and never more than its quota", () => {
    const quota = { count: 2, seconds: 60 };
    const used = { used: 1, at: 0 };
    expect(levelOf(fill(used, -1), quota).remaining).toBe(2);
    expect(levelOf(fill(fill(used, -1), -1), quota).remaining).toBe(2);
  });
});
