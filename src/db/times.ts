/** Times in Postgres. */
import { sql, type SQL } from "drizzle-orm";

/**
 * The later of a column and a time (ISO 8601). Isolates have different clocks, and a late write carries
 * the time of its cause: what is to move forward alone is written with this.
 */
export function latestSql(
  column: "chats.updated_at" | "c.updated_at" | "f.updated_at",
  at: string,
): SQL {
  return sql`greatest(${sql.raw(column)}, ${at}::timestamptz)`;
}
