/** The role of administrators. */
import { sql, type SQL } from "drizzle-orm";

/** True for an active administrator. */
export function isAdminSql(userId: string): SQL {
  return sql`EXISTS (SELECT FROM users WHERE id = ${userId}::uuid AND role = 'admin' AND is_active)`;
}
