/** How many turns a user may run at the same time: counted under the lock of the user's row. */
import { sql, type SQL } from "drizzle-orm";
import type { TargetedTurn } from "./target.ts";

/** Locks the row; undefined for a turn without such a limit. */
export function lockUserSql({ userId, mostAtOnce }: TargetedTurn): SQL | undefined {
  if (mostAtOnce === undefined) return undefined;
  return sql`SELECT FROM users WHERE id = ${userId} FOR NO KEY UPDATE`;
}

/** True where the user's other chats leave room for one more: the turn's own chat has one at most. */
export function mayRunSql(turn: TargetedTurn): SQL {
  if (turn.mostAtOnce === undefined) return sql`true`;
  return sql`(${runningSql(turn)}) < ${turn.mostAtOnce}::int`;
}

/** Selects whether the user has as many turns as allowed; undefined for a turn without such a limit. */
export function isFullSql(turn: TargetedTurn): SQL<{ full: boolean }> | undefined {
  if (turn.mostAtOnce === undefined) return undefined;
  return sql<{ full: boolean }>`SELECT NOT ${mayRunSql(turn)} AS full`;
}

function runningSql({ userId, chatId }: TargetedTurn): SQL {
  return sql`
    SELECT count(*) FROM messages AS r JOIN chats AS rc ON rc.id = r.chat_id
    WHERE r.status = 'streaming' AND rc.user_id = ${userId} AND rc.id <> ${chatId}`;
}
