/** SQL of usage rows. */
import { sql, type SQL } from "drizzle-orm";
import type { TokenCount } from "../../clients/model.ts";
import type { aiUsage } from "../../db/schema.ts";
import type { Model } from "../../lib/models.ts";
import { costAt, ratesAt } from "../../lib/prices.ts";

/** One call to a provider. Its id is created before the call, so that the write can be repeated. */
export type NewUsage = TokenCount & {
  id: string;
  userId: string;
  /** Null for calls about a file. */
  chatId: string | null;
  messageId: string | null;
  kind: (typeof aiUsage.$inferSelect)["serviceType"];
  attempt: number;
  model: Model;
  /** The API key that pays, where no message says so; null for a session. */
  keyId?: string | null;
  /** True if the provider reported no usage. */
  estimated: boolean;
  /** ISO 8601. */
  at: string;
};

/**
 * The statement that inserts one usage row, for a batch. References to a deleted chat or message are
 * null; nothing is inserted for a deleted account, or for an id that exists. Locks the user's row, as a
 * foreign key would. `only` is an additional SQL condition.
 */
export function usageInsert(usage: NewUsage, only: SQL = sql`true`): SQL {
  const { promptTokens, completionTokens, cachedTokens = null, reasoningTokens = null } = usage;
  const { cacheWriteTokens = null, audioPromptTokens = null, audioCompletionTokens = null } = usage;
  const rates = ratesAt(usage.model.prices, new Date(usage.at));
  return sql`
    INSERT INTO ai_usage (id, user_id, chat_id, message_id, service_type, attempt, provider, model_name,
      prompt_tokens, completion_tokens, total_tokens, cached_tokens, reasoning_tokens,
      cache_write_tokens, audio_prompt_tokens, audio_completion_tokens, cost_estimate, rates, estimated, created_at, key_id)
    SELECT ${usage.id}::uuid, users.id,
      (SELECT c.id FROM chats AS c WHERE c.id = ${usage.chatId}::uuid AND c.user_id = users.id),
      message.id,
      ${usage.kind}, ${usage.attempt}::int, ${usage.model.provider}, ${usage.model.name},
      ${promptTokens}::int, ${completionTokens}::int, ${promptTokens + completionTokens}::int,
      ${cachedTokens}::int, ${reasoningTokens}::int,
      ${cacheWriteTokens}::int, ${audioPromptTokens}::int, ${audioCompletionTokens}::int,
      ${rates ? costAt(rates, usage) : null}::numeric, ${rates ? JSON.stringify(rates) : null}::jsonb, ${usage.estimated}::boolean, ${usage.at}::timestamptz,
      coalesce(message.key_id, ${usage.keyId ?? null}::uuid)
    FROM users LEFT JOIN LATERAL (
      SELECT m.id, m.key_id FROM messages AS m JOIN chats AS c ON c.id = m.chat_id AND c.user_id = users.id
      WHERE m.id = ${usage.messageId}::uuid
    ) AS message ON true
    WHERE users.id = ${usage.userId}::uuid AND ${only} FOR KEY SHARE OF users
    ON CONFLICT DO NOTHING`;
}
