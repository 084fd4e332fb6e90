/**
 * The arithmetic of token buckets. A bucket of a quota admits `count` requests at once, and one more each
 * `seconds / count`: in any period of t seconds at most `count + t * count / seconds`.
 */

export type Quota = { count: number; seconds: number };

/** How much of a quota is used, at a time in milliseconds. */
export type TokenBucket = { used: number; at: number };

/** What is left of a quota. */
export type Level = {
  /** Requests that are admitted at once. */
  remaining: number;
  /** Until the next one is admitted; 0 where one is admitted now. */
  nextInMs: number;
  /** Until the whole quota is available. */
  fullInMs: number;
};

/** Divisions leave errors far below it. */
const EPSILON = 1e-9;

const ratePerMs = ({ count, seconds }: Quota) => count / (seconds * 1_000);

/** The bucket at a later time. A clock that goes back changes nothing. */
export function drain(bucket: TokenBucket | undefined, quota: Quota, now: number): TokenBucket {
  if (!bucket) return { used: 0, at: now };
  const passedMs = Math.max(0, now - bucket.at);
  const used = Math.max(0, bucket.used - passedMs * ratePerMs(quota));
  return { used, at: bucket.at + passedMs };
}

/** True where a drained bucket has room for so many more. */
export function hasRoom({ used }: TokenBucket, { count }: Quota, amount = 1): boolean {
  return used + amount <= count + EPSILON;
}

/** The bucket with so many more used, or fewer. */
export function fill({ used, at }: TokenBucket, amount: number): TokenBucket {
  return { used: Math.max(0, used + amount), at };
}

/** What a drained bucket has left. */
export function levelOf({ used }: TokenBucket, quota: Quota): Level {
  const missing = Math.max(0, used + 1 - quota.count - EPSILON);
  return {
    remaining: Math.max(0, Math.floor(quota.count - used + EPSILON)),
    nextInMs: missing / ratePerMs(quota),
    fullInMs: used / ratePerMs(quota),
  };
}
