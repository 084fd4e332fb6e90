/** The first attempt, by the request that deleted: usually the last that is needed. */
import type { Context } from "hono";
import type { Db } from "../../db/client.ts";
import type { App } from "../../http/router.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { eraseAll } from "./erase.ts";
import { type Attempted, noteAttempt, type Target } from "./outbox.ts";

/**
 * Erases what a committed deletion left outside Postgres. Throws nothing: the deletion holds, and what
 * cannot be erased now is erased by the minute.
 */
export async function eraseNow(c: Context<App>, targets: Target[]): Promise<void> {
  const deps = c.get("deps");
  const begunAt = deps.clock();
  const { erased } = await eraseAll(c.env, deps, targets);
  c.executionCtx.waitUntil(note(deps.db, { erased, failed: [] }, begunAt));
}

async function note(db: Db, attempted: Attempted, begunAt: number): Promise<void> {
  try {
    await noteAttempt(db, attempted, begunAt);
  } catch (error) {
    logError("erased_not_noted", { cause: nameOf(error) });
  }
}
