/** The authorisation of administrators. */
import { sql } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import { Problem } from "../../lib/problem.ts";
import { isAdminSql } from "../auth/is-admin.ts";

/**
 * Reads the role from Postgres at every call, so that a withdrawn one has no effect any more. Throws
 * `not_found` for everybody else: to them, the routes of administrators do not exist.
 */
export async function requireAdmin(db: Db, userId: string): Promise<void> {
  const admin = await readOne(db, sql`SELECT WHERE ${isAdminSql(userId)}`);
  if (!admin) throw new Problem("not_found");
}
