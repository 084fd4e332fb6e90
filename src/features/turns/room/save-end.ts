/** The end of a turn on its way into Postgres, for as long as a reader may wait. */
import type { Deps } from "../../../deps.ts";
import type { Message } from "../../messages/schemas.ts";
import { findAnswer, type FinishedTurn, finishTurn } from "../persist.ts";
import type { SaveResult } from "../answer/run.ts";
import { saveWithin } from "./save.ts";

type SaveDeps = Pick<Deps, "db" | "clock" | "config">;

/** Saves it; `keep` is told where that does not succeed at once. */
export function saveEnd(
  { db, clock, config }: SaveDeps,
  finished: FinishedTurn,
  keep: () => void,
): Promise<SaveResult> {
  const save = async () => {
    const title = await finishTurn(db, finished);
    return title === undefined ? ("gone" as const) : { title };
  };
  return saveWithin(config.TURN_LIMITS.watchdog_ms, clock, save, keep);
}

/** The message that counts: what Postgres has, or "delayed" where it cannot be asked. */
export function findEnd(
  { db, clock, config }: SaveDeps,
  finished: FinishedTurn,
): Promise<Message | "delayed"> {
  const find = async () => (await findAnswer(db, finished)) ?? finished.message;
  return saveWithin(config.TURN_LIMITS.watchdog_ms, clock, find);
}
