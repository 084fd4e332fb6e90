/** What calls to providers cost, in Postgres. */
import { sql, type SQL } from "drizzle-orm";
import type { TokenCount } from "../../clients/model.ts";
import type { aiUsage } from "../../db/schema.ts";
import { costOf, type Model } from "../../lib/models.ts";

/** One attempt at one provider. Its id is made before the call, so that writing it can be repeated. */
export type NewUsage = TokenCount & {
  id: string;
  userId: string;
  /** Null where it was for a file. */
  chatId: string | null;
  messageId: string | null;
  kind: (typeof aiUsage.$inferSelect)["serviceType"];
  attempt: number;
  model: Model;
  /** True where the provider gave no count. */
  estimated: boolean;
  /** ISO 8601. */
  at: string;
};

/**
 * The statement that writes one attempt, for a batch. A chat or message that was deleted meanwhile is
 * left out of the row, an account takes the row with it; a second writing of it does nothing. `only`
 * is a condition on the rest of the statement.
 */
export function usageInsert(usage: NewUsage, only: SQL = sql`true`): SQL {
  const { promptTokens, completionTokens, cachedTokens = null, reasoningTokens = null } = usage;
  return sql`
    INSERT INTO ai_usage (id, user_id, chat_id, message_id, service_type, attempt, provider, model_name,
      prompt_tokens, completion_tokens, total_tokens, cached_tokens, reasoning_tokens,
      cost_estimate, estimated, created_at)
    SELECT ${usage.id}::uuid, users.id,
      (SELECT c.id FROM chats AS c WHERE c.id = ${usage.chatId}::uuid AND c.user_id = users.id),
      (SELECT m.id FROM messages AS m JOIN chats AS c ON c.id = m.chat_id AND c.user_id = users.id
       WHERE m.id = ${usage.messageId}::uuid),
      ${usage.kind}, ${usage.attempt}::int, ${usage.model.provider}, ${usage.model.name},
      ${promptTokens}::int, ${completionTokens}::int, ${promptTokens + completionTokens}::int,
      ${cachedTokens}::int, ${reasoningTokens}::int,
      ${costOf(usage.model, usage)}::numeric, ${usage.estimated}::boolean, ${usage.at}::timestamptz
    FROM users WHERE users.id = ${usage.userId}::uuid AND ${only}
    ON CONFLICT DO NOTHING`;
}
