/** A send into a chat whose room is running a turn already. */
import type { Db } from "../../../db/client.ts";
import { type LiveTurn, toRefusal } from "./live-turn.ts";
import type { NewTurn } from "../persist.ts";
import type { StartResult } from "./room-calls.ts";
import { findEarlierTurn } from "../turn-key.ts";

/** While a turn runs no other begins; only a key may stand for one that did. */
export async function answerSecond(db: Db, turn: NewTurn, live: LiveTurn): Promise<StartResult> {
  try {
    const replay = await findEarlierTurn(db, turn);
    return replay ? { replay } : { refused: live.refuseSecond(turn.userId) };
  } catch (error) {
    return { refused: toRefusal(error) };
  }
}
