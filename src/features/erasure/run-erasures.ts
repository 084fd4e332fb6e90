/**
 * Erases what is left of erased accounts, in portions that take Postgres a second or less: an account of any
 * size is erased in the end, and a crash loses one portion at most. The messages of its chats are purged
 * with those of other deleted chats.
 */
import { sql } from "drizzle-orm";
import { batch, type Db, read, write } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { toIso } from "../../lib/clock.ts";
import { logEvent } from "../../lib/log.ts";
import { detachPortion } from "./detach.ts";
import { erasureColumns, type ErasureRow } from "./receipt.ts";
import { purgeFilesPortion } from "./purge-files.ts";

/** SQL condition on an erasure `e`: rows of the account are left. */
const hasRows = sql`(
  EXISTS (SELECT FROM users WHERE id = e.user_id)
  OR EXISTS (SELECT FROM chats WHERE erasure_id = e.id)
  OR EXISTS (SELECT FROM files WHERE erasure_id = e.id)
  OR EXISTS (SELECT FROM ai_usage WHERE user_id = e.user_id)
  OR EXISTS (SELECT FROM security_event_details WHERE user_id = e.user_id))`;

/** The outbox keeps a target until no late writer can restore it. */
const hasTargets = sql`EXISTS (SELECT FROM deletions WHERE erasure_id = e.id)`;

type ErasureDeps = Pick<Deps, "db" | "clock">;

/** The rest is left to the next run. */
const BUDGET_MS = 20_000;
const MOST_PER_RUN = 100;

/** May run twice, even at once. Returns counts for the log. */
export async function runErasures(
  _env: Env,
  { db, clock }: ErasureDeps,
): Promise<Record<string, number>> {
  const endsAt = clock() + BUDGET_MS;
  const open = await listOpen(db);
  let completed = 0;
  for (const { id } of open) {
    if (clock() >= endsAt) break;
    await eraseRows({ db, clock }, id, endsAt);
    if (await complete(db, id, toIso(new Date(clock())))) completed += 1;
  }
  return { open: open.length - completed, completed };
}

/** Oldest first; last those that only wait for the bucket and the rooms. */
function listOpen(db: Db): Promise<{ id: string }[]> {
  return read(
    db,
    sql<{ id: string }>`
      SELECT e.id FROM erasures AS e WHERE e.completed_at IS NULL
      ORDER BY ${hasRows} DESC, e.requested_at LIMIT ${MOST_PER_RUN}::int`,
  );
}

/** Erases portions until none has a row left, or the time (milliseconds) is over. */
export async function eraseRows(
  { db, clock }: ErasureDeps,
  erasureId: string,
  endsAt: number,
): Promise<void> {
  let rows: number;
  do {
    const at = toIso(new Date(clock()));
    const portion = { ...detachPortion(erasureId, at), ...purgeFilesPortion(erasureId) };
    const counts = Object.values(await batch(db, portion)).map(({ count }) => count);
    rows = counts.reduce((sum, count) => sum + count, 0);
  } while (rows > 0 && clock() < endsAt);
}

/** Completes an erasure of which nothing is left, and logs its receipt. False if something is. */
async function complete(db: Db, erasureId: string, at: string): Promise<boolean> {
  const { rows } = await write(
    db,
    sql<ErasureRow>`
      UPDATE erasures AS e SET completed_at = ${at}::timestamptz
      WHERE e.id = ${erasureId} AND e.completed_at IS NULL
        AND NOT ${hasRows} AND NOT ${hasTargets}
      RETURNING ${erasureColumns}`,
  );
  const [receipt] = rows;
  if (receipt) {
    const { requested_at: requestedAt, ...erased } = receipt;
    logEvent("account_erased", { ...erased, requested_at: toIso(requestedAt), completed_at: at });
  }
  return receipt !== undefined;
}
