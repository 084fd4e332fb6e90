/** The outbox: triggers add a row for everything that a deletion leaves outside Postgres. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { deletions } from "../../db/schema-documents.ts";
import { toIso } from "../../lib/clock.ts";

const targetColumns = columnsSql(deletions, "d", ["kind", "target"]);

/** An object in the bucket (`target` is its key) or a room (`target` is the chat's id). */
export type Target = RowOfList<typeof targetColumns>;

/** The outcome of an attempt; targets that were not tried are in neither list. */
export type DeletionAttempt = { erased: Target[]; failed: Target[] };

/**
 * The due targets of a kind, longest due first; `now` is in milliseconds. Drops targets that are in use
 * again: a second row may name an object, and the insert of a chat may have been repeated.
 */
export async function listDue(
  db: Db,
  kind: Target["kind"],
  now: number,
  limit: number,
): Promise<Target[]> {
  const due = sql`d.kind = ${kind} AND d.due_at <= ${toIso(new Date(now))}::timestamptz`;
  const isBack = kind === "object" ? hasFile : hasChat;
  const { listed } = await batch(db, {
    revoked: sql`DELETE FROM deletions AS d WHERE ${due} AND ${isBack}`,
    listed: sql<Target>`
        SELECT ${targetColumns} FROM deletions AS d WHERE ${due}
        ORDER BY d.due_at LIMIT ${limit}::int`,
  });
  return listed.rows;
}

/** The most objects that a request erases. */
const MOST_OF_ERASURE = 200;

/** Objects of an erased account that are due. */
export async function listDueOfErasure(db: Db, erasureId: string, now: Date): Promise<Target[]> {
  return read(
    db,
    sql<Target>`
      SELECT ${targetColumns} FROM deletions AS d
      WHERE d.erasure_id = ${erasureId}::uuid AND d.kind = 'object'
        AND d.due_at <= ${toIso(now)}::timestamptz AND NOT ${hasFile}
      LIMIT ${MOST_OF_ERASURE}::int`,
  );
}

const hasFile = sql`EXISTS (SELECT FROM files AS f WHERE f.file_path = d.target)`;

/** Casting a target that is no UUID would fail the statement for all rows. */
const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/** The CASE prevents casting an object key to uuid. */
const hasChat = sql`EXISTS (
  SELECT FROM chats AS c
  WHERE c.id = CASE WHEN d.kind = 'room' AND d.target ~ ${UUID} THEN d.target::uuid END
    AND c.user_id IS NOT NULL)`;

/** After about a day of failures a target is dead-lettered: an operator has to look at it. */
const MOST_ATTEMPTS = 30;

/**
 * Saves the outcome of an attempt that began at `begunAt` (milliseconds). Removes targets that were
 * erased after the last possible write, postpones other erased ones until then, and retries failed ones
 * with a growing delay. Returns the targets that are now dead-lettered.
 */
export async function saveAttempt(
  db: Db,
  { erased, failed }: DeletionAttempt,
  begunAt: number,
): Promise<Target[]> {
  const at = sql`${toIso(new Date(begunAt))}::timestamptz`;
  const { dead } = await batch(db, {
    removed: sql`DELETE FROM deletions AS d WHERE ${among(erased)} AND d.last_at <= ${at}`,
    postponed: sql`
        UPDATE deletions AS d SET due_at = d.last_at, tries = 0 WHERE ${among(erased)}`,
    retried: sql`
        UPDATE deletions AS d
        SET tries = d.tries + 1,
          due_at = CASE WHEN d.tries + 1 < ${MOST_ATTEMPTS}::int
            THEN ${at} + interval '1 minute' * 2 ^ least(d.tries, 6) ELSE 'infinity' END
        WHERE ${among(failed)} AND d.due_at <= ${at}`,
    dead: sql<Target>`
        SELECT ${targetColumns} FROM deletions AS d WHERE ${among(failed)} AND d.due_at = 'infinity'`,
  });
  return dead.rows;
}

/** The highest count. */
const MOST_COUNTED = 1_000;

/** The number of dead-lettered targets, at most 1,000. */
export async function countDeadLettered(db: Db): Promise<number> {
  const row = await readOne(
    db,
    sql<{ dead: number }>`
      SELECT count(*)::int AS dead FROM (
        SELECT FROM deletions WHERE due_at = 'infinity' LIMIT ${MOST_COUNTED}::int) AS counted`,
  );
  return row?.dead ?? 0;
}

function among(targets: Target[]): SQL {
  return sql`(d.kind, d.target) IN (
    SELECT t.kind, t.target
    FROM json_to_recordset(${JSON.stringify(targets)}::json) AS t (kind text, target text))`;
}
