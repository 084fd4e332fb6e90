/** SQL of the search for orphans. */
import { eq, sql } from "drizzle-orm";
import { batch, type Db, read, run, write } from "../../../db/client.ts";
import type { RowOf } from "../../../db/columns.ts";
import { type files, sweeps } from "../../../db/schema-documents.ts";
import { toIso } from "../../../lib/clock.ts";

/** All keys of files lie between these two. */
export const PREFIX = "files/";
const AFTER_ALL = "files0";

/** The position at which a sweep begins. */
export const START = "";

/** The key after which the sweep continues. */
export async function getPosition(db: Db, bucket: string): Promise<string> {
  const ofBucket = eq(sweeps.bucket, bucket);
  const [sweep] = await run(db.select({ afterKey: sweeps.afterKey }).from(sweeps).where(ofBucket));
  return sweep?.afterKey ?? START;
}

/** Moves the position from one key to another; of two concurrent calls, the first wins. */
export async function movePosition(
  db: Db,
  bucket: string,
  move: { from: string; to: string; now: number },
): Promise<void> {
  await write(
    db,
    sql`
      INSERT INTO sweeps AS s (bucket, after_key, updated_at)
      VALUES (${bucket}, ${move.to}, ${toIso(new Date(move.now))}::timestamptz)
      ON CONFLICT (bucket) DO UPDATE SET after_key = excluded.after_key, updated_at = excluded.updated_at
      WHERE s.after_key = ${move.from}`,
  );
}

/** A range of the bucket: the keys after one key, up to and including another. */
type KeyRange = {
  after: string;
  /** Undefined for the end of the bucket. */
  upTo: string | undefined;
  keys: string[];
};

type Orphans = {
  /** Keys of objects without a row. */
  objects: string[];
  /** Keys of ready files without an object in the range, in order. */
  rows: string[];
};

/**
 * Compares a range of the bucket with the rows whose keys lie in it. Ignores rows that changed after
 * `changedBefore` (milliseconds): their objects may be newer than the list. Returns at most `limit` rows.
 */
export async function findOrphans(
  db: Db,
  { after, upTo = AFTER_ALL, keys }: KeyRange,
  { changedBefore, limit }: { changedBefore: number; limit: number },
): Promise<Orphans> {
  const before = toIso(new Date(changedBefore));
  const rows = await read(
    db,
    sql<{ key: RowOf<typeof files>["file_path"]; has_row: boolean }>`
      WITH listed AS (SELECT key FROM json_array_elements_text(${JSON.stringify(keys)}::json) AS key)
      (SELECT key, false AS has_row FROM listed
       WHERE NOT EXISTS (SELECT FROM files AS f WHERE f.file_path = listed.key)
         AND NOT EXISTS (
           SELECT FROM deletions AS d WHERE d.kind = 'object' AND d.target = listed.key))
      UNION ALL
      (SELECT f.file_path, true FROM files AS f
       WHERE f.file_path > ${after || PREFIX} AND f.file_path <= ${upTo}
         AND f.status = 'ready' AND f.updated_at < ${before}::timestamptz
         AND f.file_path NOT IN (SELECT key FROM listed)
       ORDER BY f.file_path LIMIT ${limit}::int)`,
  );
  const keysOf = (hasRow: boolean) =>
    rows.filter(({ has_row }) => has_row === hasRow).map(({ key }) => key);
  return { objects: keysOf(false), rows: keysOf(true) };
}

/** Adds objects to the outbox if they still have no row. Returns how many. */
export async function enqueueOrphans(db: Db, keys: string[], now: number): Promise<number> {
  const at = sql`${toIso(new Date(now))}::timestamptz`;
  const { count } = await write(
    db,
    sql`
      INSERT INTO deletions (kind, target, due_at, last_at, created_at)
      SELECT 'object', key, ${at}, ${at}, ${at}
      FROM json_array_elements_text(${JSON.stringify(keys)}::json) AS key
      WHERE NOT EXISTS (SELECT FROM files AS f WHERE f.file_path = key)
      ON CONFLICT (kind, target) DO NOTHING`,
  );
  return count;
}

/** Fails files whose objects are missing, unless they changed meanwhile. Returns their ids. */
export async function failLost(
  db: Db,
  keys: string[],
  { now, changedBefore }: { now: number; changedBefore: number },
): Promise<string[]> {
  const at = toIso(new Date(now));
  const isOfKeys = sql`f.file_path IN (SELECT json_array_elements_text(${JSON.stringify(keys)}::json))`;
  const { lost } = await batch(db, {
    // Before the files, as in every batch that writes both.
    lockChats: sql`
      SELECT c.id FROM chats AS c JOIN chat_files AS cf ON cf.chat_id = c.id
      JOIN files AS f ON f.id = cf.file_id AND f.user_id = c.user_id
      WHERE ${isOfKeys} AND f.status = 'ready' ORDER BY c.id FOR UPDATE OF c`,
    lost: sql<RowOf<typeof files, "id">>`
      UPDATE files AS f
      SET status = 'failed', failure_code = 'missing', processed = false, updated_at = ${at}::timestamptz
      WHERE ${isOfKeys}
        AND status = 'ready' AND updated_at < ${toIso(new Date(changedBefore))}::timestamptz
      RETURNING f.id`,
    raised: sql`
      UPDATE chats AS c SET version = c.version + 1
      FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
      WHERE ${isOfKeys} AND f.status = 'failed' AND f.updated_at = ${at}::timestamptz
        AND c.id = cf.chat_id AND c.user_id = f.user_id`,
  });
  return lost.rows.map(({ id }) => id);
}
