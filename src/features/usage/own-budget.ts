/** The budget that an account or an API key has of its own: its wire shape, and its rows. */
import { z } from "@hono/zod-openapi";
import { sql, type SQL } from "drizzle-orm";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { trimCost } from "../../lib/prices.ts";
import { PERIODS } from "./budgets.ts";

const PER_PERIOD = "By day or month, UTC.";

const Tokens = z.int().nonnegative().nullish().openapi({
  description: "Without it, tokens are not limited.",
  maximum: Number.MAX_SAFE_INTEGER,
  example: 2_000_000,
});

const Cost = z
  .string()
  .regex(/^\d{1,8}(\.\d{1,12})?$/, "This is not an amount such as 12.50.")
  .nullish()
  .openapi({
    description: "US dollars, as an exact decimal. Without it, money is not limited.",
    example: "12.50",
  });

const NewLimit = z.strictObject({ tokens: Tokens, cost: Cost }).nullish();

/** What a request sets: a period that it does not name stays as it is. */
export const NewBudget = z
  .strictObject({
    day: NewLimit.openapi({ description: "Null takes the limit of the day away." }),
    month: NewLimit.openapi({ description: "Null takes the limit of the month away." }),
  })
  .openapi({ description: PER_PERIOD, example: { month: { cost: "12.50" } } });

export type NewBudget = z.infer<typeof NewBudget>;

const OwnLimit = onDemand(() =>
  z
    .object({ tokens: z.int().nullable(), cost: z.string().nullable() })
    .nullable()
    .openapi({ description: "Null where none is set." }),
);

export const OwnBudget = onDemand(() =>
  z.object({ day: OwnLimit(), month: OwnLimit() }).openapi("Budget", { description: PER_PERIOD }),
);

export type OwnBudget = Shown<typeof OwnBudget>;

/** Whose budget it is: an account, where both are equal, or one of its keys. */
type Subject = { id: string; userId: string };

/** The statements that set the budget where the condition holds. Each sets one period. */
export function setBudgetSql({ id, userId }: Subject, budget: NewBudget, condition: SQL): SQL[] {
  return PERIODS.flatMap((period) => {
    const limit = budget[period];
    if (limit === undefined) return [];
    if (limit === null) {
      return sql`
        DELETE FROM budgets
        WHERE subject_id = ${id}::uuid AND user_id = ${userId}::uuid AND period = ${period} AND ${condition}`;
    }
    return sql`
      INSERT INTO budgets (subject_id, user_id, period, tokens, cost)
      SELECT ${id}::uuid, u.id, ${period}::text, ${limit.tokens ?? null}::bigint, ${limit.cost ?? null}::numeric
      FROM users AS u WHERE u.id = ${userId}::uuid AND ${condition}
      ON CONFLICT (subject_id, period) DO UPDATE SET tokens = EXCLUDED.tokens, cost = EXCLUDED.cost`;
  });
}

/** A limit as `budgetSql` selects it. */
type LimitRow = { period: (typeof PERIODS)[number]; tokens: number | null; cost: string | null };

export type BudgetRows = { budget: LimitRow[] | null };

/** Selects the rows of a subject, by its column, as `toOwnBudget` takes them. */
export function budgetSql(subject: "u.id" | "k.id"): SQL<BudgetRows> {
  return sql<BudgetRows>`(
    SELECT json_agg(json_build_object('period', b.period, 'tokens', b.tokens, 'cost', b.cost::text))
    FROM budgets AS b WHERE b.subject_id = ${sql.raw(subject)}
  ) AS budget`;
}

export function toOwnBudget(rows: BudgetRows["budget"]): OwnBudget {
  const limitOf = (period: LimitRow["period"]) => {
    const row = rows?.find((each) => each.period === period);
    return row ? { tokens: row.tokens, cost: row.cost && trimCost(row.cost) } : null;
  };
  return { day: limitOf("day"), month: limitOf("month") };
}

/** What a security event says about a budget that was set. */
export function budgetDetails(budget: NewBudget): Record<string, string | number | null> {
  const entries = PERIODS.flatMap((period) => {
    const limit = budget[period];
    if (limit === undefined) return [];
    const { tokens = null, cost = null } = limit ?? {};
    return [
      [`${period}_tokens`, tokens],
      [`${period}_cost`, cost],
    ];
  });
  return Object.fromEntries(entries);
}
