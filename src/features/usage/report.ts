/** Sums of usage over days, in all and by day, model, chat or kind of call. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read } from "../../db/client.ts";
import type { Budgets } from "../../env.ts";
import { trimCost } from "../../lib/prices.ts";
import type { Grouping, UsageLimit, UsageReport, UsageTotals } from "./schemas.ts";

/** The most entries of a series: those with the most tokens. A year has fewer days. */
const MOST_ENTRIES = 1_000;

type Wanted = { from: string; to: string; groupBy: Grouping };

type SumRow = {
  calls: number;
  prompt_tokens: string;
  completion_tokens: string;
  cached_tokens: string;
  reasoning_tokens: string;
  cost: string;
  unpriced_calls: number;
  estimated_calls: number;
};

/**
 * The usage of the days from `from`, inclusive, to `to`, exclusive. One trip. `whose`: a condition on the sums `s`. Only
 * a series by chat reads the sums of chats, of which there may be very many.
 */
export async function reportUsage(
  db: Db,
  whose: SQL,
  { from, to, groupBy }: Wanted,
): Promise<Pick<UsageReport, "totals" | "series">> {
  const days = sql`${whose} AND s.day >= ${from}::date AND s.day < ${to}::date`;
  const { totals, series } = await batch(db, {
    totals: sql<SumRow>`SELECT ${SUMS} FROM usage_totals AS s WHERE ${days}`,
    series: sql<SumRow & { key: string | null }>`
      SELECT * FROM (
        SELECT ${KEYS[groupBy]} AS key, ${SUMS} FROM ${groupBy === "chat" ? ofChats(days) : sql`usage_totals AS s WHERE ${days}`}
        GROUP BY 1 ORDER BY sum(s.prompt_tokens + s.completion_tokens) DESC, 1 LIMIT ${MOST_ENTRIES}::int
      ) AS top ${groupBy === "day" ? sql`ORDER BY key` : sql``}`,
  });
  return {
    totals: toTotals(totals.rows[0]),
    series: series.rows.map((row) => ({ key: row.key, ...toTotals(row) })),
  };
}

const SUMS = sql.raw(`
  coalesce(sum(s.calls), 0)::int AS calls,
  coalesce(sum(s.prompt_tokens), 0)::text AS prompt_tokens,
  coalesce(sum(s.completion_tokens), 0)::text AS completion_tokens,
  coalesce(sum(s.cached_tokens), 0)::text AS cached_tokens,
  coalesce(sum(s.reasoning_tokens), 0)::text AS reasoning_tokens,
  coalesce(sum(s.cost), 0)::text AS cost,
  coalesce(sum(s.unpriced_calls), 0)::int AS unpriced_calls,
  coalesce(sum(s.estimated_calls), 0)::int AS estimated_calls`);

/** A deleted chat and a call without a chat have the key null. */
const KEYS: Record<Grouping, SQL> = {
  day: sql`s.day::text`,
  model: sql`s.model`,
  kind: sql`s.kind`,
  chat: sql`c.id::text`,
  user: sql`s.user_id::text`,
};

/** The sums of each chat, before the chats are looked up. */
function ofChats(days: SQL): SQL {
  return sql`
    (
      SELECT s.user_id, s.chat_id, sum(s.calls) AS calls, sum(s.prompt_tokens) AS prompt_tokens,
        sum(s.completion_tokens) AS completion_tokens, sum(s.cached_tokens) AS cached_tokens,
        sum(s.reasoning_tokens) AS reasoning_tokens, sum(s.cost) AS cost,
        sum(s.unpriced_calls) AS unpriced_calls, sum(s.estimated_calls) AS estimated_calls
      FROM usage_sums AS s WHERE ${days} GROUP BY s.user_id, s.chat_id
    ) AS s LEFT JOIN chats AS c ON c.id = s.chat_id AND c.user_id = s.user_id`;
}

function toTotals(row: SumRow | undefined): UsageTotals {
  const prompt = Number(row?.prompt_tokens ?? 0);
  const completion = Number(row?.completion_tokens ?? 0);
  return {
    calls: row?.calls ?? 0,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    cached_tokens: Number(row?.cached_tokens ?? 0),
    reasoning_tokens: Number(row?.reasoning_tokens ?? 0),
    cost: trimCost(row?.cost ?? "0"),
    currency: "USD",
    unpriced_calls: row?.unpriced_calls ?? 0,
    estimated_calls: row?.estimated_calls ?? 0,
  };
}

type StateRow = {
  subject: "user" | "key";
  period: "day" | "month";
  renews_at: string;
  tokens_limit: string | null;
  cost_limit: string | null;
  tokens_used: string;
  cost_used: string;
  tokens_reserved: string;
  cost_reserved: string;
  unpriced_calls: string;
  tokens_left: string | null;
  cost_left: string | null;
};

/** The limits of an account and of the key that asks, with what is left. */
export async function listLimits(
  db: Db,
  { userId, keyId }: { userId: string; keyId: string | null },
  { defaults, at }: { defaults: Budgets; at: string },
): Promise<UsageLimit[]> {
  const rows = await read(
    db,
    sql<StateRow>`
      SELECT s.subject, s.period, to_char(s.renews_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS renews_at,
        s.tokens_limit::text, s.cost_limit::text, s.tokens_used::text, s.cost_used::text,
        s.tokens_reserved::text, s.cost_reserved::text, s.unpriced_calls::text,
        greatest(s.tokens_limit - s.tokens_used - s.tokens_reserved, 0)::text AS tokens_left,
        greatest(s.cost_limit - s.cost_used - s.cost_reserved, 0)::text AS cost_left
      FROM budget_states(${userId}::uuid, ${keyId}::uuid, ${at}::timestamptz, ${JSON.stringify(defaults)}::jsonb) AS s
      ORDER BY s.subject DESC, s.period`,
  );
  return rows.flatMap(toLimits);
}

function toLimits(row: StateRow): UsageLimit[] {
  const { subject, period, renews_at, unpriced_calls } = row;
  const common = { subject, period, renews_at, unpriced_calls: Number(unpriced_calls) };
  const tokens = { unit: "tokens" as const, used: row.tokens_used, reserved: row.tokens_reserved };
  const cost = {
    unit: "cost" as const,
    used: trimCost(row.cost_used),
    reserved: trimCost(row.cost_reserved),
  };
  return [
    ...(row.tokens_limit === null
      ? []
      : [{ ...common, ...tokens, limit: row.tokens_limit, left: row.tokens_left ?? "0" }]),
    ...(row.cost_limit === null
      ? []
      : [
          {
            ...common,
            ...cost,
            limit: trimCost(row.cost_limit),
            left: trimCost(row.cost_left ?? "0"),
          },
        ]),
  ];
}
