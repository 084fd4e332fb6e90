/** SQL of the active path of a chat, from its current message up to the root, in pages. */
import { sql, type SQL } from "drizzle-orm";
import type { KnownVersions } from "../../http/entity-tag.ts";
import { PAGE_BYTES } from "../../lib/page-bytes.ts";
import { joinSiblings, messageColumns, messageFilesSql } from "./queries.ts";

/**
 * A page of the path; `offset` counts from the newest message and is ignored with `before` or `after`.
 */
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

/** The value, or null where the client knows the version of the CTE `chat`: Postgres then does not compute it. */
export function unlessKnown(known: KnownVersions, value: SQL): SQL {
  if (known === "any") return sql`NULL`;
  if (known.length === 0) return value;
  const versions = known.map((version) => sql`${version}::int`);
  return sql`CASE WHEN chat.version IN (${sql.join(versions, sql`, `)}) THEN NULL ELSE ${value} END`;
}

/**
 * The CTEs `path` and `page` over the CTE `chat`. `path` goes as deep as the page needs, or with `after`
 * down to that message. It begins at the current message, or at the parent of `before`, which may be any
 * message of the chat: checking that it is on the active path would cost a walk to it. `page` is limited
 * to a page of bytes.
 */
export function pathPage({ limit, offset, before, after }: PathPage): SQL {
  if (after) {
    return sql`
      ${walk(startOf(before), sql`path.id <> ${after}`)}, ${closestTo(after, limit)}, ${fittingPage}`;
  }
  const skipped = before ? 0 : offset;
  return sql`
    ${walk(startOf(before), sql`path.depth < ${skipped + limit}::int`)},
    wanted AS (
      SELECT id, depth, size, depth - ${skipped}::int AS position FROM path WHERE depth > ${skipped}::int
    ), ${fittingPage}`;
}

/**
 * The CTEs `path` and `page` of the ancestors of a message and itself, oldest first, after `after`: as
 * many as `limit` and the bytes of a page allow.
 */
export function pageUpTo(
  messageId: string,
  { after, limit }: { after: string | undefined; limit: number },
): SQL {
  const isAfter = after ? sql`path.id <> ${after}` : sql`true`;
  return sql`${walk(sql`${messageId}`, isAfter)}, ${closestTo(after, limit)}, ${fittingPage}`;
}

/** The CTE `page` over all branches: the messages with ids after `after`, up to and including `upTo`. */
export function pageOfAll(
  upTo: string,
  { after, limit }: { after: string | undefined; limit: number },
): SQL {
  return sql`
    wanted AS (
      SELECT m.id, -m.position AS depth, m.size, m.position FROM (
        SELECT m.id, octet_length(m.content) AS size, row_number() OVER (ORDER BY m.id) AS position
        FROM chat JOIN messages AS m ON m.chat_id = chat.id
        WHERE m.id <= ${upTo} AND ${after ? sql`m.id > ${after}` : sql`true`}
        ORDER BY m.id LIMIT ${limit}::int
      ) AS m
    ), ${fittingPage}`;
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
      SELECT m.chat_id, m.id, m.parent_id, m.type, octet_length(m.content) AS size, 1 AS depth
      FROM chat JOIN messages AS m ON m.chat_id = chat.id AND m.id = ${start}
      UNION ALL
      SELECT m.chat_id, m.id, m.parent_id, m.type, octet_length(m.content), path.depth + 1
      FROM path JOIN messages AS m ON m.chat_id = path.chat_id AND m.id = path.parent_id
      WHERE ${goesOn}
    )`;
}

/** The CTE `wanted`: the messages of `path` after `after`, the one closest to it first. */
function closestTo(after: string | undefined, limit: number): SQL {
  return sql`
    wanted AS (
      SELECT id, depth, size, row_number() OVER (ORDER BY depth DESC) AS position
      FROM path WHERE ${after ? sql`id <> ${after}` : sql`true`} ORDER BY depth DESC LIMIT ${limit}::int
    )`;
}

/**
 * The message `m` of an id that is known to be of the chat. OFFSET 0 keeps it a look-up: without statistics, as after
 * a restore, the planner takes the table for empty, and would read the whole chat for each id.
 */
export function messageById(id: SQL): SQL {
  return sql`(SELECT * FROM messages WHERE id = ${id} OFFSET 0) AS m`;
}

/**
 * The CTE `page`: the first messages of the CTE `wanted` that fit a page, at least one. Measures their
 * JSON, but only of messages whose texts alone would fit, because text lengths are known without loading
 * the texts.
 */
const fittingPage = sql`
  page AS (
    SELECT id, depth FROM (
      SELECT rough.id, rough.depth, rough.position,
        sum(octet_length(to_json(m)::text) + octet_length((${messageFilesSql})::text))
          OVER (ORDER BY rough.position) AS bytes
      FROM (
        SELECT id, depth, position, sum(size) OVER (ORDER BY position) AS bytes FROM wanted
      ) AS rough
      CROSS JOIN LATERAL ${messageById(sql`rough.id`)}
      WHERE rough.position = 1 OR rough.bytes <= ${PAGE_BYTES}::int
    ) AS exact
    WHERE position = 1 OR bytes <= ${PAGE_BYTES}::int
  )`;

/** The messages of the CTE `page`, oldest first, as a JSON array of `MessageRow`s. */
export const pageMessages = sql`
  (SELECT coalesce(json_agg(shown ORDER BY page.depth DESC), '[]')
   FROM page CROSS JOIN LATERAL (
     SELECT ${messageColumns} FROM ${messageById(sql`page.id`)} ${joinSiblings}
   ) AS shown)`;
