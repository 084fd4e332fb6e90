/** Timestamps in SQL. */
import { sql, type SQL } from "drizzle-orm";

/**
 * The later of a column and a time (ISO 8601). Isolates have different clocks and writes may be late: use
 * it for columns that must only move forward.
 */
export function latestSql(
  column: "chats.updated_at" | "c.updated_at" | "f.updated_at",
  at: string,
): SQL {
  return sql`greatest(${sql.raw(column)}, ${at}::timestamptz)`;
}
