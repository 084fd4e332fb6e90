/**
 * Searches for orphans, one page of the bucket every minute: objects without a file, and files without an
 * object. There should be none; the log shows how many there are.
 */
import type { StorageClient } from "../../../clients/storage.ts";
import { isRefused } from "../../../clients/storage/calls.ts";
import { describeFailure, refusesContent } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import type { Env } from "../../../env.ts";
import { logError } from "../../../lib/log.ts";
import { notifyChats } from "../notify-chats.ts";
import { requireOwnBucket } from "./bucket-mark.ts";
import {
  failLost,
  findOrphans,
  getPosition,
  enqueueOrphans,
  movePosition,
  PREFIX,
  START,
} from "./queries.ts";

/** A younger object or row may still be part of an upload in progress. */
const YOUNG_MS = 60 * 60 * 1000;

/** The most lost files per run: each is checked with its own HEAD request. */
const MOST_LOST = 50;

type Counts = Record<string, number>;

/** May run twice, even at once. Returns counts for the log. */
export async function sweepBucket(env: Env, deps: Deps): Promise<Counts> {
  const { db, storage, config, clock } = deps;
  const { S3_BUCKET_NAME: bucket } = config;
  if (!storage.isConfigured() || !bucket) return {};
  const now = clock();
  const after = await getPosition(db, bucket);
  const page = await storage.list(PREFIX, after || undefined);
  const { reached, ...counts } = await compareOrSkip(env, deps, { after, page, now });
  await movePosition(db, bucket, { from: after, to: reached ?? START, now });
  return { seen: page.length, ...counts };
}

type Page = { after: string; page: Awaited<ReturnType<StorageClient["list"]>>; now: number };

/** `reached` is the last compared key; undefined at the end of the bucket. */
type Compared = { objects: number; files: number; skipped?: number; reached: string | undefined };

/** Skips a range whose keys Postgres refuses; otherwise the sweep would never get past it. */
async function compareOrSkip(env: Env, deps: Deps, listed: Page): Promise<Compared> {
  try {
    return await compare(env, deps, listed);
  } catch (error) {
    if (!refusesContent(error)) throw error;
    const reached = listed.page.at(-1)?.key;
    logError("stretch_not_swept", {
      after: listed.after,
      up_to: reached,
      ...describeFailure(error),
    });
    return { objects: 0, files: 0, skipped: 1, reached };
  }
}

async function compare(env: Env, deps: Deps, { after, page, now }: Page): Promise<Compared> {
  const { db } = deps;
  const upTo = page.at(-1)?.key;
  const stretch = { after, upTo, keys: page.map(({ key }) => key) };
  const changedBefore = now - YOUNG_MS;
  const orphans = await findOrphans(db, stretch, { changedBefore, limit: MOST_LOST });
  await requireOwnBucket(deps, orphans.objects.length + orphans.rows.length === 0);

  const old = new Set(page.filter(isBefore(changedBefore)).map(({ key }) => key));
  const objects = orphans.objects.filter((key) => old.has(key));
  return {
    objects: objects.length > 0 ? await enqueueOrphans(db, objects, now) : 0,
    files: await failFiles(env, deps, orphans.rows, { now, changedBefore }),
    // If there are more lost files than the limit, the next run continues in this range.
    reached: orphans.rows.length === MOST_LOST ? orphans.rows.at(-1) : upTo,
  };
}

const isBefore =
  (time: number) =>
  ({ modifiedAt }: { modifiedAt: string }) =>
    Date.parse(modifiedAt) < time;

/** Fails the files whose objects are missing according to HEAD: the list may be stale. */
async function failFiles(
  env: Env,
  { db, storage }: Deps,
  keys: string[],
  times: { now: number; changedBefore: number },
): Promise<number> {
  const found = await Promise.all(keys.map((key) => isThere(storage, key)));
  const lost = keys.filter((_, index) => !found[index]);
  if (lost.length === 0) return 0;
  const ids = await failLost(db, lost, times);
  await Promise.all(ids.map((id) => notifyChats(env, db, id, "failed", "missing")));
  return ids.length;
}

/** An object that the bucket refuses to check counts as present, so that it does not block the sweep. */
async function isThere({ head }: StorageClient, key: string): Promise<boolean> {
  try {
    return (await head(key)) !== undefined;
  } catch (error) {
    if (!isRefused(error)) throw error;
    return true;
  }
}
