/**
 * Every minute, deletes chats and files whose time is over, as their owner would: the rows of a chat are purged and its
 * room is erased by the jobs of deletions.
 */
import { describeFailure } from "../../db/errors.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { TEMPORARY_MS } from "../chats/expiry.ts";
import { deleteFile } from "../files/queries.ts";
import { deleteExpiredChats, type Due, listExpiredChats } from "./expired-chats.ts";
import { listExpiredFiles } from "./expired-files.ts";

/** The rest is left to the next run. */
const BUDGET_MS = 10_000;
const CHATS_AT_ONCE = 100;
const FILES_AT_ONCE = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

type ExpireDeps = Pick<Deps, "db" | "clock" | "config">;

/**
 * May run twice, even at once: each chat and file is deleted by one run. A chat with a running answer is left to a
 * later run. Returns counts for the log.
 */
export async function expireAll(_env: Env, deps: ExpireDeps): Promise<Record<string, number>> {
  const endsAt = deps.clock() + BUDGET_MS;
  const chats = await inPortions(deps, endsAt, () => expireChats(deps));
  const files = await inPortions(deps, endsAt, () => expireFiles(deps));
  return { chats, files };
}

/** Counts of a portion: what was due, and what of it was deleted. */
type Portion = { isFull: boolean; deleted: number };

/** Ends with a portion that is not full, or of which nothing could be deleted. */
async function inPortions({ clock }: ExpireDeps, endsAt: number, run: () => Promise<Portion>) {
  let total = 0;
  for (;;) {
    const { isFull, deleted } = await run();
    total += deleted;
    if (!isFull || deleted === 0 || clock() >= endsAt) return total;
  }
}

async function expireChats({ db, clock, config }: ExpireDeps): Promise<Portion> {
  const { chats_days: days } = config.RETENTION;
  const now = clock();
  const due: Due = {
    now: new Date(now),
    temporaryBefore: new Date(now - TEMPORARY_MS),
    ...(days !== undefined && { idleBefore: new Date(now - days * DAY_MS) }),
  };
  const found = await listExpiredChats(db, due, CHATS_AT_ONCE);
  if (found.length === 0) return { isFull: false, deleted: 0 };
  const deleted = await deleteExpiredChats(db, due, found);
  return { isFull: found.length === CHATS_AT_ONCE, deleted };
}

async function expireFiles({ db, clock, config }: ExpireDeps): Promise<Portion> {
  const { files_days: days } = config.RETENTION;
  if (days === undefined) return { isFull: false, deleted: 0 };
  const found = await listExpiredFiles(db, new Date(clock() - days * DAY_MS), FILES_AT_ONCE);
  let deleted = 0;
  for (const { id, user_id: ownerId } of found) {
    if (await isDeleted(() => deleteFile(db, ownerId, id))) deleted += 1;
  }
  return { isFull: found.length === FILES_AT_ONCE, deleted };
}

/** False where another run, or the owner, was first; a failure is left to the next run. */
async function isDeleted(deletion: () => Promise<unknown>): Promise<boolean> {
  try {
    await deletion();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) logError("file_not_expired", describeFailure(error));
    return false;
  }
}
