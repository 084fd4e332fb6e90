/**
 * Messages that hold the words of a search, in Postgres. A word may be in all of somebody's messages,
 * so that only the newest of those that match are ranked.
 */
import { sql, type SQL } from "drizzle-orm";
import { MARK_END, MARK_START } from "./snippet.ts";

export type MessageHit = {
  message_id: string;
  chat_id: string;
  /** With marks around what matched; not yet HTML. */
  marked: string;
};

/** Of matching messages, so many are ranked: the newest. */
const MOST_RANKED = 1_000;
/** So many messages are read, newest first, before the index is asked. */
const READ_FIRST = 2_000;
/** So many matches among them are a sign that the word is common: they are ranked, and no others. */
const COMMON_FROM = 400;

/** Divides a rank by the logarithm of the text's length. */
const BY_LENGTH = 1;

const HEADLINE = `MaxFragments=2, MaxWords=30, MinWords=12, FragmentDelimiter=" … ", \
StartSel=${MARK_START}, StopSel=${MARK_END}`;

export type MessageSearch = { text: string; chatId?: string | undefined; limit: number };

/**
 * The statement that finds the best, each with its place. Words of English that say nothing are asked for only
 * where there are no others. A rare word is found by the index, which would give a common one in tens
 * of thousands; those are met at once when the newest messages are read, which would take long to come
 * upon a rare one.
 */
export function selectMessages(ownerId: string, { text, chatId, limit }: MessageSearch): SQL {
  const asked = askedFor(text);
  const owned = sql`w.user_id = ${ownerId}::uuid AND ${chatId ? sql`w.chat_id = ${chatId}::uuid` : sql`true`}`;
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
        ORDER BY ts_rank_cd(words, ${asked}, ${BY_LENGTH}) DESC, created_at DESC, message_id DESC
      ) AS place
      FROM found ORDER BY place LIMIT ${limit}::int
    )
    SELECT best.message_id, best.chat_id, best.place, ts_headline('message_text',
      translate(m.content, ${MARK_START + MARK_END}, '  '), ${asked}, ${HEADLINE}) AS marked
    FROM best JOIN messages AS m ON m.id = best.message_id`;
}

function askedFor(text: string): SQL {
  const withoutEmpty = sql`websearch_to_tsquery('english', ${text})`;
  return sql`
    (CASE WHEN numnode(${withoutEmpty}) > 0 THEN ${withoutEmpty}
      ELSE websearch_to_tsquery('message_text', ${text}) END)`;
}
