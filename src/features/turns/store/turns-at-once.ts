/**
 * How many turns may run at the same time: those of a user are counted under the lock of the user's row; those of all
 * without a lock, which sheds load and admits a few more in a race.
 */
import { sql, type SQL } from "drizzle-orm";
import type { TargetedTurn } from "./target.ts";

/** Locks the row; undefined for a turn without such a limit. */
export function lockUserSql({ userId, mostAtOnce }: TargetedTurn): SQL | undefined {
  if (mostAtOnce === undefined) return undefined;
  return sql`SELECT FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
}

/** True where all users' turns, and the user's own, leave room for one more. */
export function mayRunSql(turn: TargetedTurn): SQL {
  return sql`(${userMayRunSql(turn)} AND ${allMayRunSql(turn)})`;
}

/** `full`: the user has as many turns as allowed; `busy`: all users together have. */
type Fullness = { full: boolean; busy: boolean };

/** Selects why the turn may not run; undefined for a turn without limits. */
export function fullnessSql(turn: TargetedTurn): SQL<Fullness> | undefined {
  if (turn.mostAtOnce === undefined && turn.mostInAll === undefined) return undefined;
  return sql<Fullness>`
    SELECT NOT ${userMayRunSql(turn)} AS full, NOT ${allMayRunSql(turn)} AS busy`;
}

/** The turn's own chat has one at most. */
function userMayRunSql(turn: TargetedTurn): SQL {
  if (turn.mostAtOnce === undefined) return sql`true`;
  return sql`((${runningSql(turn)}) < ${turn.mostAtOnce}::int)`;
}

/** Reads as many entries of the index of streaming answers as there may be. */
function allMayRunSql({ mostInAll }: TargetedTurn): SQL {
  if (mostInAll === undefined) return sql`true`;
  return sql`(
    (SELECT count(*) FROM (
      SELECT FROM messages AS a WHERE a.status = 'streaming' LIMIT ${mostInAll}::int) AS running)
    < ${mostInAll}::int)`;
}

function runningSql({ userId, chatId }: TargetedTurn): SQL {
  return sql`
    SELECT count(*) FROM messages AS r JOIN chats AS rc ON rc.id = r.chat_id
    WHERE r.status = 'streaming' AND rc.user_id = ${userId} AND rc.id <> ${chatId}`;
}
