/** The first attempt, by the request that deleted: usually the last that is needed. */
import type { Context } from "hono";
import type { Db } from "../../db/client.ts";
import type { App } from "../../http/router.ts";
import { within } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { eraseAll } from "./erase.ts";
import { saveAttempt, type Target } from "./outbox.ts";

/** How long the answer is held back; erasing goes on after it. */
const WAIT_MS = 3_000;

/**
 * Erases what a committed deletion left outside Postgres. Throws nothing: the deletion holds, and what
 * cannot be erased now is erased by the minute.
 */
export async function eraseNow(c: Context<App>, targets: Target[]): Promise<void> {
  const deps = c.get("deps");
  const begunAt = deps.clock();
  const erasing = eraseAll(c.env, deps, targets);
  c.executionCtx.waitUntil(erasing.then(({ erased }) => note(deps.db, erased, begunAt)));
  await within(WAIT_MS, erasing);
}

/** What failed stays due as it is. */
async function note(db: Db, erased: Target[], begunAt: number): Promise<void> {
  try {
    if (erased.length > 0) await saveAttempt(db, { erased, failed: [] }, begunAt);
  } catch (error) {
    logError("erased_not_noted", { cause: nameOf(error) });
  }
}
