/** Turns that a room finds when it wakes, and nobody runs any more: saved, and told to their readers. */
import type { Message } from "../messages/schemas.ts";
import type { Beginnings } from "./beginnings.ts";
import type { TurnEvent } from "./events.ts";
import { LiveTurn } from "./live-turn.ts";
import type { FinishedTurn } from "./persist.ts";
import { endOf, readRecord, tellEnd } from "./recover.ts";
import type { TurnLog } from "./turn-log.ts";
import type { RecordedTurn } from "./turn-table.ts";

export type LostTurnsRoom = {
  log: TurnLog;
  now: number;
  /** What is noted here, no alarm saves and no repeated request reads meanwhile. */
  unsettled: Beginnings;
  /** Keeps what happens alive, and others out, by way of a turn. */
  drive: (live: LiveTurn, run: () => Promise<void>) => void;
  /** Saves the end of a turn; the message that counts, undefined where there is none. */
  save: (live: LiveTurn, finished: FinishedTurn) => Promise<Message | undefined>;
  tell: (live: LiveTurn, event: TurnEvent) => void;
};

/**
 * Several sends at once are several turns here, of which Postgres let one begin: only it can tell which.
 * All are saved before the first is told of, so that no reader is told another's end.
 */
export function endLostTurns(turns: RecordedTurn[], room: LostTurnsRoom): void {
  const lost = turns.map((turn) => ({ turn, live: new LiveTurn(turn) }));
  const [first] = lost;
  if (!first) return;
  for (const { turn } of lost) room.unsettled.add(turn.answerId);
  room.drive(first.live, async () => {
    try {
      const save = async ({ turn, live }: Lost) => ({
        live,
        end: await saveLost(turn, live, room),
      });
      tellLost(await Promise.all(lost.map(save)), room);
    } finally {
      for (const { turn } of lost) room.unsettled.delete(turn.answerId);
    }
  });
}

type Lost = { turn: RecordedTurn; live: LiveTurn };

function saveLost(turn: RecordedTurn, live: LiveTurn, { log, now, save }: LostTurnsRoom) {
  return save(live, endOf(readRecord(turn.record), log.contentOf(turn.answerId), now));
}

function tellLost(
  ends: { live: LiveTurn; end: Message | undefined }[],
  { log, tell }: LostTurnsRoom,
): void {
  const begun = ends.filter(({ end }) => end !== undefined);
  // Whoever reads is let go, also where it turns out that there was nothing to be read.
  for (const { live, end } of begun.length > 0 ? begun : ends.slice(0, 1)) {
    log.open(live.answerId);
    if (end) tellEnd(end, (event) => tell(live, event));
    else tell(live, { type: "stream_complete" });
  }
  for (const { live } of ends.filter(({ live }) => live.telling)) {
    live.forget();
    log.turns.remove(live.answerId);
  }
}
