/** Waits for an analysis, which runs in the queue: a client that disconnects does not stop it. */
import type { Deps } from "../../../deps.ts";
import { delay } from "../../../lib/clock.ts";
import { type AnalysisRow, getAnalysis } from "./queries.ts";

type WatchDeps = Pick<Deps, "db" | "clock">;

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const GROWTH = 1.4;

/**
 * The analysis as it is, and then whenever it was looked at again, until it has ended or the time is up.
 * Looks often after each progress, then more and more seldom. Throws `not_found` once its file is gone.
 */
export async function* watchAnalysis(
  { db, clock }: WatchDeps,
  ownerId: string,
  first: AnalysisRow,
  timeoutMs: number,
): AsyncGenerator<AnalysisRow> {
  const endsAt = clock() + timeoutMs;
  let pauseMs = SHORTEST_PAUSE_MS;
  for (let row = first; ;) {
    yield row;
    if (row.status !== "running" || clock() >= endsAt) return;
    await delay(Math.min(pauseMs, Math.max(endsAt - clock(), 0)));
    const next = await getAnalysis(db, ownerId, row);
    const progressed = next.parts_done > row.parts_done;
    pauseMs = progressed ? SHORTEST_PAUSE_MS : Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
    row = next;
  }
}
