/** What deletions left outside Postgres, and is to be erased: the rows that triggers write. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import { toIso } from "../../lib/clock.ts";

/** An object in the bucket, by its key, or the room of a chat, by the chat's id. */
export type Target = { kind: "object" | "room"; target: string };

/** What became of an attempt at each; what was not tried is in neither. */
export type Attempted = { erased: Target[]; failed: Target[] };

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
  const [, { rows }] = await repeatable(() =>
    db.batch([
      db.execute(sql`DELETE FROM deletions AS d WHERE ${due} AND ${isBack}`),
      db.execute<Target>(sql`
        SELECT d.kind, d.target FROM deletions AS d WHERE ${due}
        ORDER BY d.due_at LIMIT ${limit}::int`),
    ]),
  );
  return rows;
}

const hasFile = sql`EXISTS (SELECT FROM files AS f WHERE f.file_path = d.target)`;

/** The case keeps a key from being read as an id. */
const hasChat = sql`EXISTS (
  SELECT FROM chats AS c
  WHERE c.id = CASE d.kind WHEN 'room' THEN d.target::uuid END AND c.user_id IS NOT NULL)`;

/**
 * Notes what became of an attempt that began at a time. What was erased after the last writer could
 * be at work is forgotten, anything else comes again: then, or, where it failed, after a growing while.
 */
export async function noteAttempt(
  db: Db,
  { erased, failed }: Attempted,
  begunAt: number,
): Promise<void> {
  const at = sql`${toIso(new Date(begunAt))}::timestamptz`;
  await repeatable(() =>
    db.batch([
      db.execute(sql`DELETE FROM deletions AS d WHERE ${among(erased)} AND d.last_at <= ${at}`),
      db.execute(sql`
        UPDATE deletions AS d SET due_at = d.last_at, tries = 0 WHERE ${among(erased)}`),
      db.execute(sql`
        UPDATE deletions AS d
        SET tries = d.tries + 1, due_at = ${at} + interval '1 minute' * 2 ^ least(d.tries, 6)
        WHERE ${among(failed)} AND d.due_at <= ${at}`),
    ]),
  );
}

function among(targets: Target[]): SQL {
  return sql`(d.kind, d.target) IN (
    SELECT t.kind, t.target
    FROM json_to_recordset(${JSON.stringify(targets)}::json) AS t (kind text, target text))`;
}
