/** A send into a chat that has an answer without an end already. */
import type { Db } from "../../../db/client.ts";
import { Problem } from "../../../lib/problem.ts";
import { type LiveTurn, toRefusal } from "./live-turn.ts";
import type { Recovery } from "./recovery.ts";
import { beginTurn } from "../store/begin-turn.ts";
import type { BegunTurn, NewTurn, ReadLimits } from "../store/turn.ts";
import type { StartResult } from "./contract.ts";
import { findEarlierTurn, type TurnIds } from "../store/turn-key.ts";

/** The result of a send while another turn is being answered: a refusal, or the earlier turn of its key. */
export async function refuseSecond(db: Db, turn: NewTurn, live: LiveTurn): Promise<StartResult> {
  try {
    const replay = await findEarlierTurn(db, turn);
    return replay ? { replay } : { refused: live.refuseSecond(turn.userId) };
  } catch (error) {
    return { refused: toRefusal(error) };
  }
}

/**
 * Begins the turn in Postgres. An answer that nobody is writing, as its beginning was committed without
 * anybody's knowing, does not stand in its way: it ends first.
 */
export async function beginAfterLost(
  db: Db,
  turn: NewTurn,
  limits: ReadLimits,
  settle: Recovery["settle"],
): Promise<BegunTurn | { replay: TurnIds }> {
  try {
    return await beginTurn(db, turn, limits);
  } catch (error) {
    const inTheWay = idInTheWay(error);
    if (inTheWay === undefined || (await settle(inTheWay)) !== "ended") throw error;
    return beginTurn(db, turn, limits);
  }
}

function idInTheWay(error: unknown): string | undefined {
  if (!(error instanceof Problem) || error.code !== "turn_in_progress") return undefined;
  const id = error.extras.members?.message_id;
  return typeof id === "string" ? id : undefined;
}
