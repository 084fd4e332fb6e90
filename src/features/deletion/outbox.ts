/** What deletions left outside Postgres, and is to be erased: the rows that triggers write. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { deletions } from "../../db/schema-documents.ts";
import { toIso } from "../../lib/clock.ts";

const targetColumns = columnsSql(deletions, "d", ["kind", "target"]);

/** An object in the bucket, by its key, or the room of a chat, by the chat's id. */
export type Target = RowOfList<typeof targetColumns>;

/** What became of an attempt at each; what was not tried is in neither. */
export type DeletionAttempt = { erased: Target[]; failed: Target[] };

/**
 * What of a kind is to be erased by now, the longest due first. What is there again is not: a second
 * row may name an object, and the lost insert of a chat may have been repeated.
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

const hasFile = sql`EXISTS (SELECT FROM files AS f WHERE f.file_path = d.target)`;

/** What is no id names no chat: read as one, it would fail the statement for all others too. */
const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/** The case keeps a key from being read as an id. */
const hasChat = sql`EXISTS (
  SELECT FROM chats AS c
  WHERE c.id = CASE WHEN d.kind = 'room' AND d.target ~ ${UUID} THEN d.target::uuid END
    AND c.user_id IS NOT NULL)`;

/** After a day of failures a person has to look: it is dead-lettered, and comes again no more by itself. */
const MOST_ATTEMPTS = 30;

/**
 * Saves what became of an attempt that began at a time. What was erased after the last writer could
 * be at work is forgotten, anything else comes again: then, or, where it failed, after a growing while. Returns
 * what has failed too often by now: it is due never.
 */
export async function saveAttempt(
  db: Db,
  { erased, failed }: DeletionAttempt,
  begunAt: number,
): Promise<Target[]> {
  const at = sql`${toIso(new Date(begunAt))}::timestamptz`;
  const { dead } = await batch(db, {
    forgotten: sql`DELETE FROM deletions AS d WHERE ${among(erased)} AND d.last_at <= ${at}`,
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

/** Of more than that, they are not counted. */
const MOST_COUNTED = 1_000;

/** How many are dead-lettered, and wait for a person. */
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
