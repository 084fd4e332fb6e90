/** Writing the end of a turn until Postgres has it. */
import { describeFailure, isPermanent, isUnreachable, refusesContent } from "../../../db/errors.ts";
import { type Clock, delay, within } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** A save has so long at least, however late it comes. */
const SHORTEST_SAVE_MS = 1_000;

/** After so long, an error that may have passed is taken to be one that does not. */
const GIVE_UP_AFTER_MS = 60 * 60_000;

export type SaveTime = {
  /** Milliseconds in which it is repeated. */
  retryMs: number;
  /** Milliseconds since the epoch after which nobody waits for it, also where a call is under way. */
  endsAt?: number | undefined;
};

/**
 * Calls `save` again and again, with growing pauses, for as long as subscribers are kept waiting. Its
 * value, or "delayed" when it did not succeed in that time. `onFailure` is called at the first failure.
 */
export async function saveWithin<T>(
  { retryMs, endsAt = Number.POSITIVE_INFINITY }: SaveTime,
  clock: Clock,
  save: () => Promise<T>,
  onFailure: () => void = () => {},
): Promise<T | "delayed"> {
  const lastAt = Math.max(endsAt, clock() + SHORTEST_SAVE_MS);
  const retriesUntil = Math.min(clock() + retryMs, lastAt);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const saved = await attempt(save, lastAt - clock());
    if (saved) return saved.value;
    if (pauseMs === FIRST_PAUSE_MS) onFailure();
    if (clock() + pauseMs > retriesUntil) return "delayed";
    await delay(pauseMs);
  }
}

/** Undefined where it fails, or takes longer: then it may still succeed, and is repeated all the same. */
async function attempt<T>(save: () => Promise<T>, ms: number): Promise<{ value: T } | undefined> {
  try {
    const saving = save().then((value) => ({ value }));
    return await (Number.isFinite(ms) ? within(ms, saving) : saving);
  } catch (error) {
    logError("save_failed", describeFailure(error));
    return undefined;
  }
}

/** How long the alarm waits before it tries again, after so many tries. */
export function retryDelayMs(tries: number): number {
  return Math.min(1_000 * 2 ** tries, LONGEST_RETRY_MS);
}

/**
 * True where repeating a write cannot be expected to succeed: Postgres refused it for what it holds, or it
 * could not even be made. Another refusal, such as of the password or of a table that is not there yet,
 * may be over soon; one that lasts for an hour is not taken to be.
 */
export function isHopeless(error: unknown, firstTriedAt: number, now: number): boolean {
  if (isUnreachable(error)) return false;
  if (refusesContent(error) || !isPermanent(error)) return true;
  return now - firstTriedAt > GIVE_UP_AFTER_MS;
}
