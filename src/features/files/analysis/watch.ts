/** Polls an analysis, which runs in the queue: disconnecting does not stop it. */
import type { Deps } from "../../../deps.ts";
import { delay } from "../../../lib/clock.ts";
import { type AnalysisRow, getAnalysis } from "./queries.ts";

type WatchDeps = Pick<Deps, "db" | "clock">;

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const GROWTH = 1.4;

/**
 * Yields the analysis now and after each poll, until it has ended or the timeout has passed. Polls often
 * after progress, then less and less. Throws `not_found` when its file was deleted.
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
