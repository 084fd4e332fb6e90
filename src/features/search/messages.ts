/**
 * SQL that searches messages. A word may be in all messages of a user, so only the newest matches are
 * ranked.
 */
import { sql, type SQL } from "drizzle-orm";
import type { RowOf } from "../../db/columns.ts";
import type { chats } from "../../db/schema.ts";
import type { messageWords } from "../../db/schema-documents.ts";
import type { SearchTerms } from "./search-terms.ts";

export type MessageHit = RowOf<typeof messageWords, "messageId" | "chatId"> & {
  chat_title: RowOf<typeof chats>["title"];
  /** The text around the first matching word. */
  excerpt: string;
};

/** The most matches that are ranked, newest first. */
const MOST_RANKED = 1_000;
/** How many of the newest messages are scanned before the index is used. */
const READ_FIRST = 2_000;
/** With this many matches among them the words are common, and only these matches are ranked. */
const COMMON_FROM = 100;

/** `ts_rank` normalisation: divide by 1 + the logarithm of the length. */
const BY_LENGTH = 1;

/** Code points; the excerpts of the most hits stay below a page of bytes in any script. */
const EXCERPT = 2_000;
const EXCERPT_BEFORE = 400;
/** How many characters of a message are indexed: see migration 0021. */
const READ_OF_EACH = 100_000;

type MessageSearch = { terms: SearchTerms; chatId?: string | undefined; limit: number };

/**
 * The statement that selects the best messages with their positions. Rare words are found by the index,
 * which would return tens of thousands of rows for common ones; common words are found by scanning the
 * newest messages, which would take long for rare ones.
 */
export function selectMessages(ownerId: string, search: MessageSearch): SQL {
  const { terms, chatId, limit } = search;
  const query = toTsquery(terms);
  const inChat = chatId ? sql`w.chat_id = ${chatId}::uuid` : sql`true`;
  // Words of a deleted chat stay until it is purged; its row has no owner.
  const isTheirs = sql`EXISTS (
    SELECT FROM chats AS c WHERE c.id = w.chat_id AND c.user_id = ${ownerId}::uuid)`;
  const owned = sql`w.user_id = ${ownerId}::uuid AND ${inChat} AND ${isTheirs}`;
  return sql`
    WITH newest AS MATERIALIZED (
      SELECT n.* FROM (
        SELECT w.* FROM message_words AS w WHERE ${owned}
        ORDER BY w.created_at DESC, w.message_id DESC LIMIT ${READ_FIRST}::int
      ) AS n
      WHERE n.words @@ ${query} LIMIT ${MOST_RANKED}::int
    ), common AS (
      SELECT count(*) >= ${COMMON_FROM}::int AS is_common FROM newest
    ), matching AS MATERIALIZED (
      SELECT w.message_id, w.created_at FROM message_words AS w
      WHERE NOT (SELECT is_common FROM common) AND ${owned}
        AND w.words @@ (${`'OWNER ${ownerId}'`}::tsquery && ${query}) AND numnode(${query}) > 0
    ), found AS (
      SELECT message_id, chat_id, created_at, words FROM newest WHERE (SELECT is_common FROM common)
      UNION ALL
      SELECT w.message_id, w.chat_id, w.created_at, w.words
      FROM (
        SELECT * FROM matching ORDER BY created_at DESC, message_id DESC LIMIT ${MOST_RANKED}::int
      ) AS newest_matching JOIN message_words AS w USING (message_id)
    ), best AS (
      SELECT message_id, chat_id, row_number() OVER (
        ORDER BY ts_rank(words, ${anyOf(terms)}, ${BY_LENGTH}) DESC, created_at DESC, message_id DESC
      ) AS position
      FROM found ORDER BY position LIMIT ${limit}::int
    )
    SELECT best.message_id, best.chat_id, c.title AS chat_title, best.position, ${excerptOf(terms)} AS excerpt
    FROM best JOIN messages AS m ON m.id = best.message_id
    JOIN chats AS c ON c.id = best.chat_id AND c.user_id = ${ownerId}::uuid`;
}

/** English stop words are searched only if there are no other words. */
function toTsquery({ websearch, withoutAll }: SearchTerms): SQL {
  const withoutEmpty = sql`websearch_to_tsquery('english', ${websearch})`;
  const excluded = withoutAll.map(
    (tokens) => sql` && !! plainto_tsquery('message_text', ${tokens})`,
  );
  return sql`
    ((CASE WHEN numnode(${withoutEmpty}) > 0 THEN ${withoutEmpty}
      ELSE websearch_to_tsquery('message_text', ${websearch}) END)${sql.join(excluded)})`;
}

/** A query of alternatives for ranking: ranking by proximity would be slow. */
function anyOf({ tokens }: SearchTerms): SQL {
  return sql`websearch_to_tsquery('message_text', ${tokens.map((token) => `"${token}"`).join(" or ")})`;
}

/**
 * An excerpt from shortly before the first match, in any form of the word, so that long messages are not
 * transferred.
 */
function excerptOf({ tokens }: SearchTerms): SQL {
  const stems = JSON.stringify(tokens.map((word) => word.slice(0, Math.max(4, word.length - 2))));
  // NFC text has about as many characters as its folded form.
  const content = sql`normalize(left(m.content, ${READ_OF_EACH}::int), NFC)`;
  const first = sql`(
    SELECT min(nullif(strpos(fold_text(${content}), stem), 0))
    FROM json_array_elements_text(${stems}::json) AS stem)`;
  return sql`substr(${content}, greatest(1, coalesce(${first}, 1) - ${EXCERPT_BEFORE}::int), ${EXCERPT}::int)`;
}
