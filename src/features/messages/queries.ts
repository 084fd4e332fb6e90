/** SQL fragments shared by all queries that read messages. */
import { sql } from "drizzle-orm";
import { columnsSql, type RowOf } from "../../db/columns.ts";
import type { files } from "../../db/schema-documents.ts";
import { messages } from "../../db/schema.ts";

const shownKeys = [
  "id",
  "chatId",
  "parentId",
  "type",
  "content",
  "status",
  "fileName",
  "fileUrl",
] as const;

/** A message with the columns of `messageColumns`. */
export type MessageRow = RowOf<
  typeof messages,
  (typeof shownKeys)[number] | "metadata" | "createdAt"
> & { files: MessageFile[]; sibling_ids: string[]; sibling_count: number };

/** An attachment of a message; without a name once it is deleted. */
type MessageFile = {
  id: string;
  name: string | null;
  status: RowOf<typeof files, "status">["status"] | "deleted";
};

/** The attachments of a message `m`, as JSON. */
export const messageFilesSql = sql.raw(`
  CASE WHEN m.type = 'bot' OR m.file_ids = '{}' OR m.own_file_count = 0 THEN '[]'::json
    ELSE message_files(m.chat_id, m.parent_id, m.file_ids, m.own_file_count) END`);

/**
 * The columns of a `MessageRow`, from a table or query named `m`. Citations of deleted documents get the
 * status `source_deleted`.
 */
export const messageColumns = sql<MessageRow>`
  ${columnsSql(messages, "m", shownKeys)},
  CASE WHEN m.metadata ? 'citations' THEN shown_metadata(m.metadata) ELSE m.metadata END AS metadata,
  ${messageFilesSql} AS files, ${columnsSql(messages, "m", ["createdAt"])}, siblings.sibling_ids, siblings.sibling_count`;

/** The most ids in `sibling_ids`, the message's own included. */
export const SHOWN_SIBLINGS = 50;

/**
 * Joins the siblings of `m`: the messages with the same parent, oldest first. Two index scans, because
 * `IS NOT DISTINCT FROM` would use no index.
 */
export const joinSiblings = sql.raw(`
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(s.id ORDER BY s.created_at, s.id) FILTER (WHERE s.position <= ${SHOWN_SIBLINGS}), '[]') AS sibling_ids,
           count(*)::int AS sibling_count
    FROM (
      SELECT found.id, found.created_at, row_number() OVER (ORDER BY found.id <> m.id, found.created_at, found.id) AS position
      FROM (
        SELECT id, created_at FROM messages WHERE chat_id = m.chat_id AND parent_id = m.parent_id
        UNION ALL
        SELECT id, created_at FROM messages
        WHERE chat_id = m.chat_id AND parent_id IS NULL AND m.parent_id IS NULL
      ) AS found
    ) AS s
  ) AS siblings`);
