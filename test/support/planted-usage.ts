/** Calls to AI providers that a test plants, as if they had happened. */
import type { SignedIn } from "./client.ts";
import { query } from "./postgres.ts";

type PlantedCall = {
  model: string;
  promptTokens: number;
  completionTokens: number;
  /** Null for a model without a price. */
  cost: string | null;
  daysAgo?: number;
  isEstimated?: boolean;
};

export async function plantUsage({ user }: SignedIn, calls: readonly PlantedCall[]): Promise<void> {
  for (const { daysAgo = 0, isEstimated = false, ...call } of calls) {
    await query(
      `INSERT INTO ai_usage (id, user_id, service_type, attempt, provider, model_name, prompt_tokens,
         completion_tokens, total_tokens, cost_estimate, estimated, created_at)
       VALUES (gen_random_uuid(), $1::uuid, 'answer', 1, 'p', $2::text, $3::int, $4::int, $3::int + $4::int,
         $5::numeric, $6::boolean, now() - make_interval(days => $7::int))`,
      [
        user.id,
        call.model,
        String(call.promptTokens),
        String(call.completionTokens),
        call.cost,
        String(isEstimated),
        String(daysAgo),
      ],
    );
  }
}
