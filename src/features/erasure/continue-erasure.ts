/** What follows the response to the request that erased an account. The cron job continues it. */
import type { Context } from "hono";
import type { App } from "../../http/router.ts";
import { describeFailure } from "../../db/errors.ts";
import { logError } from "../../lib/log.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { listDueOfErasure } from "../deletion/outbox.ts";
import { purgeChats } from "../deletion/purge.ts";
import { eraseRows } from "./run-erasures.ts";

/** With the purge of chats, below the 30 s that a Worker may run after its response. */
const BUDGET_MS = 6_000;

/** Erases rows, objects and messages of the account while there is time. Never throws. */
export async function continueErasure(c: Context<App>, erasureId: string): Promise<void> {
  const deps = c.get("deps");
  try {
    await eraseRows(deps, erasureId, deps.clock() + BUDGET_MS);
    const now = new Date(deps.clock());
    await eraseNow(c, await listDueOfErasure(deps.db, erasureId, now));
    await purgeChats(c.env, deps);
  } catch (error) {
    logError("erasure_interrupted", { erasure_id: erasureId, ...describeFailure(error) });
  }
}
