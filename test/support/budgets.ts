/** Budgets of the tests. */
import type { SignedIn } from "./client.ts";
import { query } from "./postgres.ts";

type Limit = { tokens?: number; cost?: string };

/** Sets a limit of the account, in place of the one that it has. */
export async function setBudget(
  { user }: SignedIn,
  period: "day" | "month",
  { tokens, cost }: Limit,
): Promise<void> {
  await query(
    `INSERT INTO budgets (subject_id, user_id, period, tokens, cost) VALUES ($1, $1, $2, $3, $4)
     ON CONFLICT (subject_id, period) DO UPDATE SET tokens = EXCLUDED.tokens, cost = EXCLUDED.cost`,
    [user.id, period, tokens ?? null, cost ?? null],
  );
}
