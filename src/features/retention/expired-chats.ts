/** SQL of chats whose time is over. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read } from "../../db/client.ts";
import { uuidArray } from "../../db/uuid-array.ts";
import { toIso } from "../../lib/clock.ts";
import { isQuiet } from "../chats/change.ts";

/** Times before which chats are over. */
export type Due = {
  /** For `expires_at`. */
  now: Date;
  /** For the last activity of a temporary chat. */
  temporaryBefore: Date;
  /** For the last activity of any chat; absent where chats are kept. */
  idleBefore?: Date;
};

/** Ids of chats whose time is over and in which no answer is running, at most `limit`. */
export async function listExpiredChats(db: Db, due: Due, limit: number): Promise<string[]> {
  // Each condition has an index of its own.
  const lists = conditionsOf(due).map(
    (condition) => sql`
      (SELECT c.id FROM chats AS c WHERE c.user_id IS NOT NULL AND ${condition} AND ${isQuiet}
       LIMIT ${limit}::int)`,
  );
  const rows = await read(
    db,
    sql<{ id: string }>`
      SELECT id FROM (${sql.join(lists, sql` UNION `)}) AS found LIMIT ${limit}::int`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Deletes those of the chats whose time is still over and in which still no answer is running, as their owners would;
 * returns their count. The rows are locked first: a turn that begins takes the same lock, and is seen, or sees.
 */
export async function deleteExpiredChats(db: Db, due: Due, ids: string[]): Promise<number> {
  const isOver = sql.join(conditionsOf(due), sql` OR `);
  const { deleted } = await batch(db, {
    locked: sql`SELECT id FROM chats WHERE id = ANY(${uuidArray(ids)}) ORDER BY id FOR UPDATE`,
    deleted: sql`
      UPDATE chats AS c
      SET user_id = NULL, deleted_at = ${timeSql(due.now)}, current_message_id = NULL
      WHERE c.id = ANY(${uuidArray(ids)}) AND c.user_id IS NOT NULL AND (${isOver}) AND ${isQuiet}
      RETURNING c.id`,
  });
  return deleted.count;
}

function conditionsOf({ now, temporaryBefore, idleBefore }: Due): SQL[] {
  return [
    sql`c.expires_at <= ${timeSql(now)}`,
    sql`(c.temporary AND c.updated_at <= ${timeSql(temporaryBefore)})`,
    ...(idleBefore ? [sql`c.updated_at <= ${timeSql(idleBefore)}`] : []),
  ];
}

function timeSql(time: Date): SQL {
  return sql`${toIso(time)}::timestamptz`;
}
