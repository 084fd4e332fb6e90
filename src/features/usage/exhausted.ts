/** Which limit of a budget is used up: asked before calls that reserve nothing. */
import { sql, type SQL } from "drizzle-orm";
import type { Budgets } from "../../env.ts";
import type { ExceededLimit } from "./budgets.ts";

/** `userId`: the account's id, or SQL that selects it. */
type Payer = { userId: string | SQL; keyId: string | null };

type Asked = { defaults: Budgets; at: string };

/**
 * Selects the limit that is used up, or will be by what running answers have reserved: of several, the one that renews
 * last, and of those that renew at the same time the one of the longer period, as `reserve_budget` does. Selects nothing while each has something left.
 */
export function exhaustedSql(
  { userId, keyId }: Payer,
  { defaults, at }: Asked,
): SQL<ExceededLimit> {
  return sql<ExceededLimit>`
    SELECT s.subject, s.period, l.unit
    FROM budget_states((${userId})::uuid, ${keyId}::uuid, ${at}::timestamptz, ${JSON.stringify(defaults)}::jsonb) AS s
    CROSS JOIN LATERAL (VALUES
      ('tokens', s.tokens_used + s.tokens_reserved >= s.tokens_limit),
      ('cost', s.cost_used + s.cost_reserved >= s.cost_limit)) AS l (unit, is_used_up)
    WHERE l.is_used_up
    ORDER BY s.renews_at DESC, s.period = 'month' DESC, s.subject DESC, l.unit DESC LIMIT 1`;
}
