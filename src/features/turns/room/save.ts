/** Saving the end of a turn in Postgres: retries, and reductions where Postgres refuses what it holds. */
import { describeFailure, isPermanent, isUnreachable, refusesContent } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import { type Clock, delay, within } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";
import type { Message } from "../../messages/schemas.ts";
import { reductionsOf } from "../store/answer.ts";
import { findAnswer, finishTurn } from "../store/finish-turn.ts";
import type { FinishedTurn, SavedEnd, SaveResult } from "../store/turn.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** The least time for a save, also after the deadline. */
const SHORTEST_SAVE_MS = 1_000;

/** A refusal that has lasted for so long does not count as transient any more. */
const GIVE_UP_AFTER_MS = 60 * 60_000;

type SaveDeps = Pick<Deps, "db" | "clock" | "config">;

/**
 * Saves the end for as long as a subscriber may wait, at most until `endsAt` (milliseconds since the epoch).
 * Calls `keep` at the first failure.
 */
export function saveEnd(
  { db, clock, config }: SaveDeps,
  finished: FinishedTurn,
  keep: () => void,
  endsAt?: number,
): Promise<SaveResult> {
  const time = { retryMs: config.TURN_LIMITS.watchdog_ms, endsAt };
  return saveWithin(time, clock, () => saveOrReduce({ db, clock }, finished), keep);
}

/**
 * Saves the end once, reduced where Postgres refuses what it holds, because its chat must not keep an
 * answer that never ends. Abandoned, which is for an operator to look into, where Postgres refuses even the
 * smallest reduction. Throws transient errors.
 */
export async function saveOrReduce(
  { db, clock }: { db: Deps["db"]; clock: Clock },
  finished: FinishedTurn,
): Promise<SavedEnd> {
  const reductions = reductionsOf(finished);
  for (const turn of [finished, ...reductions]) {
    try {
      return { message: turn.message, title: await finishTurn(db, turn) };
    } catch (error) {
      if (!isHopeless(error, Date.parse(finished.message.created_at), clock())) throw error;
      logError("save_refused", { message_id: turn.message.id, ...describeFailure(error) });
    }
  }
  const [, { message }] = reductions;
  logError("save_abandoned", { message_id: message.id });
  return { message, title: undefined, isAbandoned: true };
}

/** The answer as Postgres has it, or as it was to be saved where it is deleted; "delayed" without Postgres. */
export function findSavedAnswer(
  { db, clock, config }: SaveDeps,
  finished: FinishedTurn,
): Promise<Message | "delayed"> {
  const find = async () => (await findAnswer(db, finished)) ?? finished.message;
  return saveWithin({ retryMs: config.TURN_LIMITS.watchdog_ms }, clock, find);
}

type SaveTime = {
  /** Milliseconds in which it is retried. */
  retryMs: number;
  /** Milliseconds since the epoch after which a call in progress is not awaited any more either. */
  endsAt?: number | undefined;
};

/**
 * Calls `save` until it succeeds, with growing pauses. Resolves to its value, or to "delayed" where it did
 * not succeed in time. Calls `onFailure` at the first failure.
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

/** Undefined where it fails or takes longer. In the second case it may still succeed; repeating it is safe. */
async function attempt<T>(
  save: () => Promise<T>,
  timeoutMs: number,
): Promise<{ value: T } | undefined> {
  try {
    const saving = save().then((value) => ({ value }));
    return await (Number.isFinite(timeoutMs) ? within(timeoutMs, saving) : saving);
  } catch (error) {
    logError("save_failed", describeFailure(error));
    return undefined;
  }
}

/** How long the alarm waits before the next retry, after so many failures in a row. */
export function retryDelayMs(failures: number): number {
  return Math.min(1_000 * 2 ** failures, LONGEST_RETRY_MS);
}

/**
 * True where a retry cannot be expected to succeed: Postgres refused what the write holds, or the write could
 * not even be built. Other refusals, such as of the password or a missing table, count as transient for an
 * hour.
 */
export function isHopeless(error: unknown, firstTriedAt: number, now: number): boolean {
  if (isUnreachable(error)) return false;
  if (refusesContent(error) || !isPermanent(error)) return true;
  return now - firstTriedAt > GIVE_UP_AFTER_MS;
}
