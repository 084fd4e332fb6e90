/** The receipt of an erased account: counts and times, and no personal data. */
import { sql } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { erasures } from "../../db/schema-security.ts";
import { Problem } from "../../lib/problem.ts";

export const erasureColumns = columnsSql(erasures, "e", [
  "id",
  "requestedAt",
  "completedAt",
  "chats",
  "messages",
  "files",
  "usageRecords",
  "sessions",
  "eventDetails",
]);

export type ErasureRow = RowOfList<typeof erasureColumns>;

/** Throws `not_found`. */
export async function getErasure(db: Db, id: string): Promise<ErasureRow> {
  const row = await readOne(
    db,
    sql<ErasureRow>`SELECT ${erasureColumns} FROM erasures AS e WHERE e.id = ${id}`,
  );
  if (!row) throw new Problem("not_found");
  return row;
}
