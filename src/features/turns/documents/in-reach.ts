/** The documents that a question may be answered from: its own, and those of the messages above it. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../../db/client.ts";
import type { TextPart } from "../../citations/document-text.ts";

export type DocumentInReach = {
  id: string;
  name: string;
  status: "pending" | "processing" | "ready" | "failed";
  /** In code points; null until it is read. */
  text_length: number | null;
  /** False where a message above the question brought it. */
  is_own: boolean;
  /**
   * Once no other is being read: its whole text, where all of them together are short enough, else the
   * first lines.
   */
  parts: TextPart[] | null;
};

export type AskedIn = { userId: string; chatId: string; questionId: string };

const OPENING_LENGTH = 1_500;

/** As many characters of all documents together are read as a whole. */
export function selectDocuments(
  { userId, chatId, questionId }: AskedIn,
  mostCharacters: number,
): SQL {
  return sql`
    WITH reach AS (
      SELECT f.id, f.original_name AS name, f.status, f.text_length, u.place,
        f.id <> ALL (coalesce(p.file_ids, '{}')) AS is_own
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      LEFT JOIN messages AS p ON p.chat_id = m.chat_id AND p.id = m.parent_id
      CROSS JOIN LATERAL unnest(m.file_ids) WITH ORDINALITY AS u (id, place)
      JOIN files AS f ON f.id = u.id AND f.user_id = chats.user_id
      WHERE m.chat_id = ${chatId} AND m.id = ${questionId} AND chats.user_id = ${userId}
    ), total AS (
      SELECT bool_or(status IN ('pending', 'processing')) AS is_unread,
        coalesce(sum(text_length) FILTER (WHERE status = 'ready'), 0) <= ${mostCharacters}::int AS is_short
      FROM reach
    )
    SELECT reach.id, reach.name, reach.status, reach.text_length, reach.is_own,
      CASE WHEN reach.status = 'ready' AND NOT total.is_unread THEN (
        SELECT json_agg(json_build_object('page', t.page, 'start', t.start_offset,
          'text', CASE WHEN total.is_short THEN t.text ELSE left(t.text, ${OPENING_LENGTH}::int) END) ORDER BY t.part)
        FROM file_pages AS t
        WHERE t.file_id = reach.id AND t.end_offset > t.start_offset
          AND (total.is_short OR t.start_offset = 0)
      ) END AS parts
    FROM reach CROSS JOIN total ORDER BY reach.place`;
}

/** The documents as they are now. One trip. */
export async function readDocuments(
  db: Db,
  asked: AskedIn,
  mostCharacters: number,
): Promise<DocumentInReach[]> {
  const { rows } = await repeatable(() =>
    db.execute<DocumentInReach>(selectDocuments(asked, mostCharacters)),
  );
  return rows;
}

/** True while it is not known whether it can be read. */
export function isUnread({ status }: DocumentInReach): boolean {
  return status === "pending" || status === "processing";
}
