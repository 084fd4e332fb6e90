/**
 * The search for orphans, a page of the bucket each minute: objects that no file names, files whose
 * objects are gone, uploads that nobody will end. There should be none, and this is what shows it.
 */
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { tellChats } from "../files/tell-chats.ts";
import { requireOwnBucket } from "./bucket-mark.ts";
import {
  failLost,
  findOrphans,
  findPlace,
  leaveObjects,
  movePlace,
  PREFIX,
  START,
} from "./sweep-queries.ts";

const HOUR_MS = 60 * 60 * 1000;
/** Younger than this, an object or a row may still be in the making. */
const YOUNG_MS = HOUR_MS;
const UPLOAD_LIFE_MS = 24 * HOUR_MS;

/** Each is asked for by itself before it is given up. */
const MOST_LOST = 50;
const MOST_ABORTED = 100;

/** Can be run twice, and twice at once. */
export async function sweepBucket(env: Env, deps: Deps): Promise<Record<string, number>> {
  const { db, storage, config, clock } = deps;
  const { S3_BUCKET_NAME: bucket } = config;
  if (!storage.isConfigured() || !bucket) return {};
  const now = clock();
  const after = await findPlace(db, bucket);
  const page = await storage.list(PREFIX, after || undefined);
  const upTo = page.at(-1)?.key;
  const stretch = { after, upTo, keys: page.map(({ key }) => key) };
  const changedBefore = now - YOUNG_MS;
  const orphans = await findOrphans(db, stretch, { changedBefore, limit: MOST_LOST });
  await requireOwnBucket(deps, orphans.objects.length + orphans.rows.length === 0);

  const old = new Set(page.filter(isBefore(changedBefore)).map(({ key }) => key));
  const objects = orphans.objects.filter((key) => old.has(key));
  const counts = {
    seen: page.length,
    objects: objects.length > 0 ? await leaveObjects(db, objects, now) : 0,
    files: await failFiles(env, deps, orphans.rows, { now, changedBefore }),
    uploads: after === START ? await abortOldUploads(deps, now - UPLOAD_LIFE_MS) : 0,
  };
  // Where there were more lost files than were looked at, the rest of the stretch is still to come.
  const reached = orphans.rows.length === MOST_LOST ? orphans.rows.at(-1) : upTo;
  await movePlace(db, bucket, { from: after, to: reached ?? START, now });
  return counts;
}

const isBefore =
  (time: number) =>
  ({ modifiedAt }: { modifiedAt: string }) =>
    Date.parse(modifiedAt) < time;

/** Fails those whose objects are not there when they are asked for, whatever a list said. */
async function failFiles(
  env: Env,
  { db, storage }: Deps,
  keys: string[],
  times: { now: number; changedBefore: number },
): Promise<number> {
  const found = await Promise.all(keys.map((key) => storage.head(key)));
  const lost = keys.filter((_, index) => found[index] === undefined);
  if (lost.length === 0) return 0;
  const ids = await failLost(db, lost, times);
  await Promise.all(ids.map((id) => tellChats(env, db, id, "failed", "missing")));
  return ids.length;
}

async function abortOldUploads({ storage }: Deps, openedBefore: number): Promise<number> {
  const uploads = await storage.listUploads(PREFIX);
  const old = uploads.filter(({ openedAt }) => Date.parse(openedAt) < openedBefore);
  const some = old.slice(0, MOST_ABORTED);
  await Promise.all(some.map(({ key, uploadId }) => storage.abortUpload(key, uploadId)));
  return some.length;
}
