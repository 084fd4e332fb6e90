/** Budgets: a turn reserves the most that it may use before it begins; what it used replaces that at its end. */
import { sql, type SQL } from "drizzle-orm";
import { violates } from "../../db/errors.ts";
import type { Budgets } from "../../env.ts";
import type { Model } from "../../lib/models.ts";
import { formatCost, mostCost } from "../../lib/prices.ts";
import { Problem } from "../../lib/problem.ts";

/** Whom a call is paid by. `keyId`: of the API key that it is made with; null for a session. */
type Payer = { userId: string; keyId: string | null };

/** The models that a turn may call, in order, and the most tokens that each call may take. */
export type WorstCase = { models: readonly Model[]; completionTokens: number };

/**
 * The lock under which the budgets of an account are read and reserved: the first of two statements, because a
 * statement sees what was committed before it began.
 */
export function lockBudgetSql({ userId }: Payer): SQL {
  return sql`SELECT pg_advisory_xact_lock(hashtextextended(${`budget ${userId}`}::text, 0))`;
}

/**
 * Reserves the worst case of a turn: every model's prompt, and the longest completion of the dearest one. Selects
 * nothing, or violates a constraint that `toBudgetProblem` knows. `answer` selects `id` of the answer, and
 * `prompt_tokens`, where the turn was inserted; it is not read for an account without a limit.
 */
export function reserveSql(
  { userId, keyId }: Payer,
  answer: SQL,
  { models, completionTokens }: WorstCase,
  { defaults, at }: { defaults: Budgets; at: string },
): SQL {
  const perPrompt = sumOf(models.map(({ prices }) => mostCost(prices, ONE_PROMPT)));
  const completions = models.map(({ prices }) =>
    mostCost(prices, { promptTokens: 0, completionTokens }),
  );
  return sql`
    SELECT reserve_budget(${userId}::uuid, ${keyId}::uuid, a.id, ${at}::timestamptz, ${JSON.stringify(defaults)}::jsonb,
      a.prompt_tokens::bigint * ${models.length}::int + ${completionTokens}::int,
      a.prompt_tokens * ${toDecimal(perPrompt)}::numeric + ${toDecimal(highestOf(completions))}::numeric)
    FROM (${answer}) AS a WHERE ${mayBeLimitedSql(userId, defaults)}`;
}

/** False only where neither the configuration nor a row limits the account: then `answer` is planned, but not read. */
function mayBeLimitedSql(userId: string, defaults: Budgets): SQL {
  if (Object.keys(defaults).length > 0) return sql`true`;
  return sql`EXISTS (SELECT FROM budgets WHERE user_id = ${userId}::uuid)`;
}

const ONE_PROMPT = { promptTokens: 1, completionTokens: 0 };

/** Undefined where one is unknown. */
function sumOf(costs: readonly (bigint | undefined)[]): bigint | undefined {
  return costs.reduce(
    (sum, cost) => (sum === undefined || cost === undefined ? undefined : sum + cost),
    0n,
  );
}

function highestOf(costs: readonly (bigint | undefined)[]): bigint | undefined {
  return costs.reduce(
    (most, cost) =>
      most === undefined || cost === undefined ? undefined : cost > most ? cost : most,
    0n,
  );
}

function toDecimal(pico: bigint | undefined): string | null {
  return pico === undefined ? null : formatCost(pico);
}

const SUBJECTS = ["user", "key"] as const;
export const PERIODS = ["day", "month"] as const;
const UNITS = ["tokens", "cost"] as const;

type Period = (typeof PERIODS)[number];

/** The problem of a reservation that was refused at a time; undefined for any other error. */
export function toBudgetProblem(error: unknown, at: Date): Problem | undefined {
  if (violates(error, "budget_unpriced")) return new Problem("model_unpriced");
  const all = SUBJECTS.flatMap((subject) =>
    PERIODS.flatMap((period) => UNITS.map((unit) => ({ subject, period, unit }))),
  );
  const exceeded = all.find((limit) =>
    violates(error, `budget_${limit.subject}_${limit.period}_${limit.unit}`),
  );
  return exceeded && budgetExhausted(exceeded, at);
}

export type ExceededLimit = {
  subject: (typeof SUBJECTS)[number];
  period: Period;
  unit: (typeof UNITS)[number];
};

/** 429: which limit is used up, and when it renews. */
export function budgetExhausted(limit: ExceededLimit, at: Date): Problem {
  const renewsAt = endOf(limit.period, at);
  const seconds = Math.max(1, Math.ceil((renewsAt.getTime() - at.getTime()) / 1000));
  return new Problem("budget_exhausted", {
    headers: { "retry-after": String(seconds) },
    members: { ...limit, renews_at: renewsAt.toISOString(), retry_after: seconds },
  });
}

/** The beginning of the next day or month, UTC. */
function endOf(period: Period, at: Date): Date {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return new Date(period === "day" ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1));
}
