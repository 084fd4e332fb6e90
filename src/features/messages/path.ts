/** The active path of a chat: from its current message up to the root, a page at a time, as SQL. */
import { sql, type SQL } from "drizzle-orm";
import { joinSiblings, messageColumns } from "./queries.ts";

/** Which part of the path; `offset` counts from the newest, and only where neither id is given. */
export type PathPage = {
  limit: number;
  offset: number;
  before?: string | undefined;
  after?: string | undefined;
};

/** The CTE `chat`: the owner's chat, or no row. */
export function ownedChat(ownerId: string, chatId: string): SQL {
  return sql`chat AS (SELECT * FROM chats WHERE id = ${chatId} AND user_id = ${ownerId})`;
}

/**
 * The CTEs `path` and `page` over the CTE `chat`. `path` is walked as far as the page needs: to its
 * depth, or, with `after`, down to that message. The walk begins at the current message, or at the
 * parent of `before`, of which any message of the chat will do: to ask whether it lies on the active
 * path would cost a walk to it.
 */
export function pathPage({ limit, offset, before, after }: PathPage): SQL {
  if (after)
    return sql`${walk(startOf(before), sql`path.id <> ${after}`)}, ${closestTo(after, limit)}`;
  const skipped = before ? 0 : offset;
  return sql`
    ${walk(startOf(before), sql`path.depth < ${skipped + limit}::int`)},
    page AS (SELECT id, depth FROM path WHERE depth > ${skipped}::int)`;
}

/** The CTE `path` over the CTE `chat`, from the current message to the root. */
export const wholePath = walk(startOf(undefined), sql`true`);

/** The CTE `path` over the CTE `chat`, from the current message up to the last answer. */
export const pathToAnswer = walk(startOf(undefined), sql`path.type <> 'bot'`);

function startOf(before: string | undefined): SQL {
  if (!before) return sql`chat.current_message_id`;
  return sql`(SELECT b.parent_id FROM messages AS b WHERE b.chat_id = chat.id AND b.id = ${before})`;
}

function walk(start: SQL, goesOn: SQL): SQL {
  return sql`
    path AS (
      SELECT m.chat_id, m.id, m.parent_id, m.type, 1 AS depth
      FROM chat JOIN messages AS m ON m.chat_id = chat.id AND m.id = ${start}
      UNION ALL
      SELECT m.chat_id, m.id, m.parent_id, m.type, path.depth + 1
      FROM path JOIN messages AS m ON m.chat_id = path.chat_id AND m.id = path.parent_id
      WHERE ${goesOn}
    )`;
}

function closestTo(after: string, limit: number): SQL {
  return sql`
    page AS (SELECT id, depth FROM path WHERE id <> ${after} ORDER BY depth DESC LIMIT ${limit}::int)`;
}

/** The messages of the CTE `page`, oldest first, as one JSON array of `MessageRow`s. */
export const pageMessages = sql`
  (SELECT coalesce(json_agg(shown ORDER BY page.depth DESC), '[]')
   FROM page CROSS JOIN LATERAL (
     SELECT ${messageColumns} FROM messages AS m ${joinSiblings}
     WHERE m.chat_id = chat.id AND m.id = page.id
   ) AS shown)`;
