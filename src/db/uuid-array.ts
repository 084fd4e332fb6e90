import { type SQL, sql } from "drizzle-orm";

/** A `uuid[]` as one parameter. Postgres refuses the statement (22P02) when one is not a UUID. */
export function uuidArray(ids: readonly string[]): SQL {
  return sql`${`{${ids.join(",")}}`}::uuid[]`;
}
