/** The first attempt at erasing, by the request that deleted; usually it suffices. */
import type { Context } from "hono";
import type { Db } from "../../db/client.ts";
import type { App } from "../../http/router.ts";
import { within } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { eraseAll } from "./erase.ts";
import { saveAttempt, type Target } from "./outbox.ts";

/** How long the response waits; erasing continues after it. */
const WAIT_MS = 3_000;

/**
 * Erases what a committed deletion left outside Postgres. Never throws: the cron job erases what cannot
 * be erased now.
 */
export async function eraseNow(c: Context<App>, targets: Target[]): Promise<void> {
  const deps = c.get("deps");
  const begunAt = deps.clock();
  const erasing = eraseAll(c.env, deps, targets);
  c.executionCtx.waitUntil(erasing.then(({ erased }) => saveErased(deps.db, erased, begunAt)));
  await within(WAIT_MS, erasing);
}

/** Targets that failed stay due. */
async function saveErased(db: Db, erased: Target[], begunAt: number): Promise<void> {
  try {
    if (erased.length > 0) await saveAttempt(db, { erased, failed: [] }, begunAt);
  } catch (error) {
    logError("erasure_not_saved", { cause: nameOf(error) });
  }
}
