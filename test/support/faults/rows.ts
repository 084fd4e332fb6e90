/** What Postgres has of the owner of a small world. */
import { query } from "../postgres.ts";
import type { History } from "./history.ts";

/** Costs are whole pico-dollars, as text. */
const picoSql = (cost: string) => `(${cost} * 1000000000000)::bigint::text`;

const listSql = (fields: string, from: string) =>
  `(SELECT coalesce(json_agg(json_build_object(${fields})), '[]') FROM ${from})`;

const CHATS = listSql(
  "'id', id, 'current_message_id', current_message_id, 'message_count', message_count",
  "chats WHERE user_id = $1",
);

const MESSAGES = listSql(
  `'id', m.id, 'chat_id', chat_id, 'parent_id', parent_id, 'type', type, 'content', content, 'status', status,
   'usage', CASE WHEN m.metadata ? 'usage' THEN json_build_object(
     'prompt', m.metadata -> 'usage' -> 'prompt_tokens', 'completion', m.metadata -> 'usage' -> 'completion_tokens',
     'cost', ${picoSql("(m.metadata -> 'usage' ->> 'cost')::numeric")}) END`,
  "messages AS m JOIN chats ON chats.id = chat_id WHERE user_id = $1",
);

const USAGE = listSql(
  `'chat_id', chat_id, 'message_id', message_id, 'kind', service_type, 'attempt', attempt, 'prompt', prompt_tokens,
   'completion', completion_tokens, 'cached', coalesce(cached_tokens, 0), 'reasoning', coalesce(reasoning_tokens, 0),
   'cost', ${picoSql("cost_estimate")}, 'rates', rates, 'estimated', estimated`,
  "ai_usage WHERE user_id = $1",
);

const RESERVED = listSql("'message_id', message_id", "budget_reservations WHERE user_id = $1");

const sumsSql = (tokens: string, from: string) => `(
  SELECT json_build_object('calls', coalesce(sum(calls), 0), 'tokens', coalesce(sum(${tokens}), 0),
    'cost', ${picoSql("coalesce(sum(cost), 0)")}, 'unpriced', coalesce(sum(unpriced_calls), 0)) FROM ${from})`;

const DAYS = sumsSql("tokens", "usage_days WHERE user_id = $1 AND subject_id = user_id");
const SERIES = sumsSql("prompt_tokens + completion_tokens", "usage_sums WHERE user_id = $1");

const TOTALS = sumsSql("prompt_tokens + completion_tokens", "usage_totals WHERE user_id = $1");

const ROWS = `SELECT json_build_object('chats', ${CHATS}, 'messages', ${MESSAGES}, 'usage', ${USAGE},
  'reserved', ${RESERVED}, 'sums', json_build_object('usage_days', ${DAYS}, 'usage_sums', ${SERIES}, 'usage_totals', ${TOTALS})) AS rows`;

/** All of one moment. */
export async function readRows(userId: string): Promise<History["rows"]> {
  const [found] = await query(ROWS, [userId]);
  return JSON.parse(found?.rows ?? "null");
}
