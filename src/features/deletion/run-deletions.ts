/** Every minute, erases what deletions left outside Postgres and the request could not erase. */
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/log.ts";
import { eraseAll } from "./erase.ts";
import { countDeadLettered, listDue, saveAttempt, type Target } from "./outbox.ts";

/** The rest is left to the next run. */
const MOST_PER_RUN = 200;

/** May run twice, even at once. Handles each kind separately, so that neither waits for the other. */
export async function runDeletions(env: Env, deps: Deps): Promise<Record<string, number>> {
  const [objects, rooms] = await Promise.all([run(env, deps, "object"), run(env, deps, "room")]);
  const failed = objects.failed + rooms.failed;
  return {
    objects: objects.erased,
    rooms: rooms.erased,
    failed,
    dead: await countDeadLettered(deps.db),
  };
}

async function run(env: Env, deps: Deps, kind: Target["kind"]) {
  const begunAt = deps.clock();
  const due = await listDue(deps.db, kind, begunAt, MOST_PER_RUN);
  const attempted = await eraseAll(env, deps, due);
  const dead = due.length > 0 ? await saveAttempt(deps.db, attempted, begunAt) : [];
  for (const { target } of dead) logError("deletion_dead_lettered", { kind, target });
  return { erased: attempted.erased.length, failed: attempted.failed.length };
}
