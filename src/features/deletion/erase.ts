/** Erases what Postgres does not hold: objects in the bucket and rooms of chats. */
import type { StorageClient } from "../../clients/storage.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { roomCall } from "../../lib/room-call.ts";
import type { DeletionAttempt, Target } from "./outbox.ts";

const AT_ONCE = 10;

/** Well below the 30 s that a Worker may run after its response. */
const BUDGET_MS = 20_000;

/**
 * Tries to erase each target once, within the budget. Safe to run twice, even at once: erasing a missing
 * target succeeds.
 */
export async function eraseAll(
  env: Env,
  { storage, clock }: Pick<Deps, "storage" | "clock">,
  targets: Target[],
): Promise<DeletionAttempt> {
  const attempted: DeletionAttempt = { erased: [], failed: [] };
  const endsAt = clock() + BUDGET_MS;
  for (let start = 0; start < targets.length && clock() < endsAt; start += AT_ONCE) {
    const group = targets.slice(start, start + AT_ONCE);
    const results = await Promise.all(group.map((target) => isErased(env, storage, target)));
    group.forEach((target, i) => attempted[results[i] ? "erased" : "failed"].push(target));
  }
  return attempted;
}

async function isErased(env: Env, storage: StorageClient, { kind, target }: Target) {
  try {
    await (kind === "object" ? storage.delete(target) : eraseRoom(env, target));
    return true;
  } catch (error) {
    logError("not_erased", { kind, target, cause: nameOf(error) });
    return false;
  }
}

/** Stops a running turn, closes its subscriptions and deletes the room's log. */
async function eraseRoom(env: Env, chatId: string): Promise<void> {
  const erase = () => roomCall(() => env.CHAT_ROOM.getByName(chatId).erase());
  try {
    await erase();
  } catch {
    // A stub is unusable after an exception, and a restarting room responds to the next call.
    await erase();
  }
}
