/** SQL of chats. */
import { and, eq, sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne, run, write } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { chats } from "../../db/schema.ts";
import { present } from "../../lib/assert.ts";
import type { KnownVersions } from "../../http/entity-tag.ts";
import { foldText } from "../../lib/fold-text.ts";
import { commonCte, containsSql, gramsOf, ifCommon } from "../../db/text-grams.ts";
import { Problem } from "../../lib/problem.ts";
import { ownedChat, pageMessages, pathPage, unlessKnown, wholePath } from "../messages/path.ts";
import type { MessageRow } from "../messages/queries.ts";

/** The columns of a `ChatRow`, from a table or query named `c`. */
export const chatColumns = columnsSql(chats, "c", [
  "id",
  "userId",
  "title",
  "autoTitle",
  "pinned",
  "archived",
  "currentMessageId",
  "messageCount",
  "version",
  "createdAt",
  "updatedAt",
  "expiresAt",
  "temporary",
]);

/**
 * A chat with an owner: deleted chats have none, and no query by owner finds them. Times are Postgres
 * text.
 */
export type ChatRow = RowOfList<typeof chatColumns> & { user_id: string };

/** The sort key of the list of chats. */
export type ChatCursor = { pinned: boolean; updatedAt: string; id: string };

export type ChatFilter = {
  limit: number;
  offset: number;
  cursor?: ChatCursor | undefined;
  search?: string | undefined;
  start_date?: string | undefined;
  end_date?: string | undefined;
  archived: boolean;
};

/** The highest exact total; counting stops there. */
export const MOST_COUNTED = 10_000;

/**
 * A page of the list, with one extra row if there are more, and the total, at most `MOST_COUNTED + 1`.
 */
export async function listChats(
  db: Db,
  ownerId: string,
  filter: ChatFilter,
): Promise<{ rows: ChatRow[]; total: number }> {
  const { page, counted } = await batch(db, {
    page: selectPage(ownerId, filter),
    counted: selectTotal(ownerId, filter),
  });
  return { rows: page.rows, total: counted.rows[0]?.total ?? 0 };
}

/**
 * How many of the first titles contain a word of which a page, and 10,000 matches, are sooner found in order than by the
 * index.
 */
const PAGE_FROM = 25;
const COUNT_FROM = 250;

const IN_ORDER = sql`ORDER BY c.pinned DESC, c.updated_at DESC, c.id DESC`;

function selectPage(ownerId: string, filter: ChatFilter): SQL<ChatRow> {
  const { cursor, offset, limit } = filter;
  const skipped = cursor ? 0 : offset;
  const isNext = cursor
    ? sql`(c.pinned, c.updated_at, c.id) < (${cursor.pinned}::boolean, ${cursor.updatedAt}::timestamptz, ${cursor.id}::uuid)`
    : sql`true`;
  const part = (condition: SQL) => sql`
    (SELECT c.* FROM chats AS c WHERE ${condition} AND ${isNext}
     ${IN_ORDER} LIMIT ${skipped + limit + 1}::int)`;
  return sql<ChatRow>`
    ${matchingParts(ownerId, filter, { part, commonFrom: PAGE_FROM })}
    SELECT ${chatColumns} FROM part AS c
    ${IN_ORDER} LIMIT ${limit + 1}::int OFFSET ${skipped}::int`;
}

function selectTotal(ownerId: string, filter: ChatFilter): SQL<{ total: number }> {
  const most = sql`LIMIT ${MOST_COUNTED + 1}::int`;
  const part = (condition: SQL) =>
    sql`(SELECT FROM chats AS c WHERE ${condition} ${IN_ORDER} ${most})`;
  return sql<{ total: number }>`
    ${matchingParts(ownerId, filter, { part, commonFrom: COUNT_FROM })}
    SELECT count(*)::int AS total FROM (SELECT FROM part ${most}) AS counted`;
}

type Parts = {
  /** Selects chats by condition, in order. */
  part: (condition: SQL) => SQL;
  commonFrom: number;
};

/**
 * The CTE `part` of the chats that match: the pinned ones and the others, each in the order of an index; or, where few
 * titles match, those that the index of titles finds.
 */
function matchingParts(ownerId: string, filter: ChatFilter, { part, commonFrom }: Parts): SQL {
  const isListed = listedSql(ownerId, filter);
  const search = foldText(filter.search ?? "");
  if (search === "") {
    const [pinned, others] = [sql`c.pinned AND ${isListed}`, sql`NOT c.pinned AND ${isListed}`];
    return sql`WITH part AS (${part(pinned)} UNION ALL ${part(others)})`;
  }
  const text = sql`${search}::text`;
  const isFound = containsSql(FOLDED_TITLE, text);
  const grams = gramsOf(sql`owner_seed(${ownerId}::uuid)`, text);
  const isIndexed = sql`c.id IN (SELECT t.chat_id FROM chat_titles AS t WHERE t.grams @> ${grams})`;
  const newest = sql`SELECT c.title FROM chats AS c WHERE ${isListed} ${IN_ORDER}`;
  const isMatch = sql`${isListed} AND ${isFound}`;
  return sql`
    WITH ${commonCte(newest, "c", isFound, commonFrom)}, part AS (
      ${ifCommon("c", part(sql`c.pinned AND common.is_common AND ${isMatch}`))} UNION ALL
      ${ifCommon("c", part(sql`NOT c.pinned AND common.is_common AND ${isMatch}`))} UNION ALL
      ${ifCommon("c", part(sql`NOT common.is_common AND ${isIndexed} AND ${isMatch}`))}
    )`;
}

/** Most titles are ASCII, for which no function needs to be called. */
const FOLDED_TITLE = sql`
  CASE WHEN octet_length(c.title) = length(c.title) THEN lower(c.title) ELSE fold_text(c.title) END`;

function listedSql(ownerId: string, { archived, start_date: from, end_date: to }: ChatFilter): SQL {
  const conditions = [
    sql`c.user_id = ${ownerId}::uuid`,
    sql`NOT c.unlisted`,
    sql`c.archived = ${archived}`,
  ];
  if (from) conditions.push(sql`c.updated_at >= ${from}::timestamptz`);
  if (to) conditions.push(sql`c.updated_at < ${to}::timestamptz`);
  return sql.join(conditions, sql` AND `);
}

/**
 * The chat and the newest page of its active path, oldest message first; without the messages, which are then not even
 * read, when the client knows the chat's version. Throws `not_found`.
 */
export async function getChatWithMessages(
  db: Db,
  ownerId: string,
  chatId: string,
  { limit, known }: { limit: number; known: KnownVersions },
): Promise<{ chat: ChatRow; messages: MessageRow[] | undefined }> {
  const row = await readOne(
    db,
    sql<ChatRow & { messages: MessageRow[] | null }>`
      WITH RECURSIVE ${ownedChat(ownerId, chatId)}, ${pathPage({ limit, offset: 0 })}
      SELECT ${chatColumns}, (SELECT ${unlessKnown(known, pageMessages)} FROM chat) AS messages FROM chat AS c`,
  );
  if (!row) throw new Problem("not_found");
  const { messages, ...chat } = row;
  return { chat, messages: messages ?? undefined };
}

/** Throws `not_found` when the owner has no such chat. */
export async function requireChat(db: Db, ownerId: string, chatId: string): Promise<void> {
  const isTheirs = and(eq(chats.id, chatId), eq(chats.userId, ownerId));
  const rows = await run(db.select({ id: chats.id }).from(chats).where(isTheirs));
  if (rows.length === 0) throw new Problem("not_found");
}

/** Selects the first user message of the active path, null without one; no row where the owner has no such chat. */
export function selectFirstUserMessage(
  ownerId: string,
  chatId: string,
): SQL<{ content: string | null }> {
  return sql<{ content: string | null }>`
    WITH RECURSIVE ${ownedChat(ownerId, chatId)}, ${wholePath}, first AS (
      SELECT id FROM path WHERE type = 'user' ORDER BY depth DESC LIMIT 1
    )
    SELECT m.content FROM chat
    LEFT JOIN first ON true LEFT JOIN messages AS m ON m.chat_id = chat.id AND m.id = first.id`;
}

/**
 * Deletes a chat of any length by removing its owner: no query finds it any more, and the cron job purges
 * its rows. `at` is ISO 8601. Throws `not_found`, except when the first call's response was lost and the
 * repeated one finds the chat deleted at `at`, or no chat at all.
 */
export async function deleteChat(
  db: Db,
  ownerId: string,
  chatId: string,
  at: string,
): Promise<void> {
  const { rows, wasRepeated } = await write(
    db,
    sql<{ deleted: boolean; is_there: boolean }>`
      WITH gone AS (
        UPDATE chats SET user_id = NULL, deleted_at = ${at}::timestamptz, current_message_id = NULL
        WHERE id = ${chatId} AND user_id = ${ownerId} RETURNING id
      )
      SELECT EXISTS (SELECT FROM gone) AS deleted, EXISTS (
        SELECT FROM chats WHERE id = ${chatId} AND deleted_at IS DISTINCT FROM ${at}::timestamptz
      ) AS is_there`,
  );
  const { deleted, is_there: isThere } = present(rows[0], "the result of a deletion");
  if (!deleted && (isThere || !wasRepeated)) throw new Problem("not_found");
}
