/** Erasing what Postgres does not hold: an object of the bucket, the room of a chat. */
import type { StorageClient } from "../../clients/storage.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";
import type { DeletionAttempt, Target } from "./outbox.ts";

const AT_ONCE = 10;

/** Well within the half minute that a Worker has after its answer. */
const BUDGET_MS = 20_000;

/** Attempts each once, as far as time allows. Erasing what is gone succeeds, so it may run twice at once. */
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
    await (kind === "object" ? eraseObject(storage, target) : eraseRoom(env, target));
    return true;
  } catch (error) {
    logError("not_erased", { kind, target, cause: nameOf(error) });
    return false;
  }
}

/** The bytes first, whatever becomes of the rest; again where an upload may have been completed since. */
async function eraseObject(storage: StorageClient, key: string): Promise<void> {
  await storage.delete(key);
  const uploads = await storage.listUploads(key);
  const ofKey = uploads.filter((upload) => upload.key === key);
  if (ofKey.length === 0) return;
  await Promise.all(ofKey.map(({ uploadId }) => storage.abortUpload(key, uploadId)));
  await storage.delete(key);
}

/** Stops the turn that may be running, ends its readers and deletes the room's log. */
async function eraseRoom(env: Env, chatId: string): Promise<void> {
  const erase = () => env.CHAT_ROOM.getByName(chatId).erase();
  try {
    await erase();
  } catch {
    // A stub is broken after an exception, and a restarting room is back at the next call.
    await erase();
  }
}
