/** A send into a chat whose room is running a turn already. */
import type { Db } from "../../../db/client.ts";
import { type LiveTurn, toRefusal } from "./live-turn.ts";
import type { NewTurn } from "../persist.ts";
import type { StartResult } from "./room-calls.ts";
import { findEarlierTurn } from "../turn-key.ts";

/**
 * What a send is told while another turn runs: only a key may stand for one that did. Undefined where
 * none runs, or the one that does was only waiting for its title, and has made way.
 */
export async function answerSecond(
  db: Db,
  turn: NewTurn,
  current: () => LiveTurn | undefined,
): Promise<StartResult | undefined> {
  let live = current();
  while (live && (await live.makeWay())) {
    if (current() === live) break;
    live = current();
  }
  return live && refuse(db, turn, live);
}

async function refuse(db: Db, turn: NewTurn, live: LiveTurn): Promise<StartResult> {
  try {
    const replay = await findEarlierTurn(db, turn);
    return replay ? { replay } : { refused: live.refuseSecond(turn.userId) };
  } catch (error) {
    return { refused: toRefusal(error) };
  }
}
