/**
 * Messages that hold the words of a search, in Postgres. A word may be in all of somebody's messages,
 * so that only the newest of those that match are ranked.
 */
import { sql, type SQL } from "drizzle-orm";
import type { RowOf } from "../../db/columns.ts";
import type { messageWords } from "../../db/schema-documents.ts";
import type { SearchTerms } from "./search-terms.ts";

export type MessageHit = RowOf<typeof messageWords, "messageId" | "chatId"> & {
  /** The text around the first of the words. */
  excerpt: string;
};

/** Of matching messages, so many are ranked: the newest. */
const MOST_RANKED = 1_000;
/** So many messages are read, newest first, before the index is asked. */
const READ_FIRST = 2_000;
/** So many matches among them are a sign that the words are common: they are ranked, and no others. */
const COMMON_FROM = 400;

/** Divides a rank by the logarithm of the text's length. */
const BY_LENGTH = 1;

/** Code points: of the most hits, in any script, less than a page of bytes. */
const EXCERPT = 2_000;
const EXCERPT_BEFORE = 400;
/** So much of a message has words in the index: see migration 0021. */
const READ_OF_EACH = 100_000;

export type MessageSearch = { terms: SearchTerms; chatId?: string | undefined; limit: number };

/**
 * The statement that finds the best, each with its position. A rare word is found by the index, which
 * would give a common one in tens of thousands; those are met at once when the newest messages are
 * read, which would take long to come upon a rare one.
 */
export function selectMessages(ownerId: string, search: MessageSearch): SQL {
  const { terms, chatId, limit } = search;
  const asked = askedFor(terms);
  const inChat = chatId ? sql`w.chat_id = ${chatId}::uuid` : sql`true`;
  // Words of a deleted chat are there until they are purged: its row tells that it has no owner.
  const isTheirs = sql`EXISTS (
    SELECT FROM chats AS c WHERE c.id = w.chat_id AND c.user_id = ${ownerId}::uuid)`;
  const owned = sql`w.user_id = ${ownerId}::uuid AND ${inChat} AND ${isTheirs}`;
  return sql`
    WITH newest AS MATERIALIZED (
      SELECT n.* FROM (
        SELECT w.* FROM message_words AS w WHERE ${owned}
        ORDER BY w.created_at DESC, w.message_id DESC LIMIT ${READ_FIRST}::int
      ) AS n
      WHERE n.words @@ ${asked} LIMIT ${MOST_RANKED}::int
    ), common AS (
      SELECT count(*) >= ${COMMON_FROM}::int AS is_common FROM newest
    ), matching AS MATERIALIZED (
      SELECT w.message_id, w.created_at FROM message_words AS w
      WHERE NOT (SELECT is_common FROM common) AND ${owned}
        AND w.words @@ (${`'OWNER ${ownerId}'`}::tsquery && ${asked}) AND numnode(${asked}) > 0
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
    SELECT best.message_id, best.chat_id, best.position, ${excerptOf(terms)} AS excerpt
    FROM best JOIN messages AS m ON m.id = best.message_id`;
}

/** Words of English that say nothing are asked for only where there are no others. */
function askedFor({ websearch, withoutAll }: SearchTerms): SQL {
  const withoutEmpty = sql`websearch_to_tsquery('english', ${websearch})`;
  const excluded = withoutAll.map(
    (tokens) => sql` && !! plainto_tsquery('message_text', ${tokens})`,
  );
  return sql`
    ((CASE WHEN numnode(${withoutEmpty}) > 0 THEN ${withoutEmpty}
      ELSE websearch_to_tsquery('message_text', ${websearch}) END)${sql.join(excluded)})`;
}

/** Alternatives, of which each adds to the rank: to weigh how close they stand would take long. */
function anyOf({ tokens }: SearchTerms): SQL {
  return sql`websearch_to_tsquery('message_text', ${tokens.map((token) => `"${token}"`).join(" or ")})`;
}

/** From a little before the first of the words, in whatever form, so that a long message stays there. */
function excerptOf({ tokens }: SearchTerms): SQL {
  const stems = JSON.stringify(tokens.map((word) => word.slice(0, Math.max(4, word.length - 2))));
  // Composed, it has about as many characters as its folded form.
  const content = sql`normalize(left(m.content, ${READ_OF_EACH}::int), NFC)`;
  const first = sql`(
    SELECT min(nullif(strpos(fold_text(${content}), stem), 0))
    FROM json_array_elements_text(${stems}::json) AS stem)`;
  return sql`substr(${content}, greatest(1, coalesce(${first}, 1) - ${EXCERPT_BEFORE}::int), ${EXCERPT}::int)`;
}
