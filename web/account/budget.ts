/** Budgets by day and month, as a form has them and as people read them. */
import type { Schemas } from "../api/client.ts";
import { textOf } from "../ui/form.tsx";
import { formatCount, formatMoney } from "../usage/amounts.ts";

type Budget = Schemas["Budget"];
type Limit = Budget["day"];

export const PERIODS = ["day", "month"] as const;

/** The names of the fields are the pointers of the API's errors. */
export const fieldName = (period: "day" | "month", unit: "tokens" | "cost" | "mode") =>
  `budget/${period}/${unit}`;

/** What a period is limited by: its own limit, none, or what is configured. */
export type LimitMode = "own" | "none" | "configured";

export function modeOf(limit: Limit): LimitMode {
  if (limit === null) return "configured";
  return limit.tokens === null && limit.cost === null ? "none" : "own";
}

/** The budget that a form sets, both periods. Without fields of a mode, empty fields take the limit away. */
export function budgetIn(values: FormData): Budget {
  return { day: limitIn(values, "day"), month: limitIn(values, "month") };
}

function limitIn(values: FormData, period: "day" | "month"): Limit {
  const mode = textOf(values, fieldName(period, "mode"));
  if (mode === "configured") return null;
  if (mode === "none") return { tokens: null, cost: null };
  const tokens = textOf(values, fieldName(period, "tokens")).trim();
  const cost = textOf(values, fieldName(period, "cost")).trim();
  if (!tokens && !cost) return null;
  return { tokens: tokens ? Number(tokens) : null, cost: cost || null };
}

/** "200,000 tokens a day, $12.50 a month"; empty without limits. */
export function budgetText(budget: Budget): string {
  return PERIODS.flatMap((period) => {
    const { tokens = null, cost = null } = budget[period] ?? {};
    return [
      tokens !== null && `${formatCount(tokens)} tokens a ${period}`,
      cost !== null && `${formatMoney(cost)} a ${period}`,
    ].filter((text) => text !== false);
  }).join(", ");
}
