/** SQL of files whose time is over. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { toIso } from "../../lib/clock.ts";

/**
 * Files that were uploaded before a time, with their owners, at most `limit`, oldest first. Left out are files in
 * ingestion, those of chats with activity since then, and what came attached to a mail: it is deleted with the mail.
 */
export function listExpiredFiles(
  db: Db,
  before: Date,
  limit: number,
): Promise<{ id: string; user_id: string }[]> {
  const at = sql`${toIso(before)}::timestamptz`;
  return read(
    db,
    sql<{ id: string; user_id: string }>`
      SELECT f.id, f.user_id FROM files AS f
      WHERE f.created_at <= ${at} AND f.user_id IS NOT NULL AND f.parent_file_id IS NULL AND f.status IN ('ready', 'failed')
        AND NOT EXISTS (
          SELECT FROM files AS part JOIN chat_files AS cf ON cf.file_id = part.id
          JOIN chats AS c ON c.id = cf.chat_id
          WHERE (part.id = f.id OR part.parent_file_id = f.id)
            AND c.user_id IS NOT NULL AND c.updated_at > ${at})
      ORDER BY f.created_at LIMIT ${limit}::int`,
  );
}
