/** The end of a turn on its way into Postgres. */
import { describeFailure } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import type { Clock } from "../../../lib/clock.ts";
import { logError } from "../../../lib/log.ts";
import type { Message } from "../../messages/schemas.ts";
import { findAnswer, finishTurn } from "../store/finish-turn.ts";
import type { FinishedTurn, SavedEnd, SaveResult } from "../store/turn.ts";
import { reductionsOf } from "../store/reduce.ts";
import { isHopeless, saveWithin } from "./save.ts";

type SaveDeps = Pick<Deps, "db" | "clock" | "config">;

/** Saves it for as long as a subscriber may wait; `keep` is called where that does not succeed at once. */
export function saveEnd(
  { db, clock, config }: SaveDeps,
  finished: FinishedTurn,
  keep: () => void,
  endsAt?: number,
): Promise<SaveResult> {
  const time = { retryMs: config.TURN_LIMITS.watchdog_ms, endsAt };
  return saveWithin(time, clock, () => finishAnyhow({ db, clock }, finished), keep);
}

/**
 * Saves the turn as it ended, or what Postgres takes of it: an end that is refused for what it holds must
 * not leave its chat with an answer that never ends. Abandoned where not even the least of it is taken,
 * which is for an operator to look into. Throws what may be over when it is tried again.
 */
export async function finishAnyhow(
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

/** The message that counts: what Postgres has, or "delayed" where it cannot be asked. */
export function findEnd(
  { db, clock, config }: SaveDeps,
  finished: FinishedTurn,
): Promise<Message | "delayed"> {
  const find = async () => (await findAnswer(db, finished)) ?? finished.message;
  return saveWithin({ retryMs: config.TURN_LIMITS.watchdog_ms }, clock, find);
}
