/** Tokens and money. */
import type { components } from "../../clients/ts/src/index.ts";
import type { Conversation } from "./conversation.ts";

type Limit = components["schemas"]["UsageLimit"];

/** What the account has used, and what its budgets leave. */
export async function showUsage({ session, screen }: Conversation): Promise<void> {
  const [report, { limits }] = await Promise.all([
    session.client.get("/usage"),
    session.client.get("/usage/limits"),
  ]);
  const { calls, total_tokens: tokens, cost, currency } = report.totals;
  const [from, to] = [report.from, report.to].map((time) => time.slice(0, 10));
  screen.print(`${from} to ${to}: ${calls} calls, ${tokens} tokens, ${cost} ${currency}`);
  for (const limit of limits) screen.print(toRow(limit));
}

function toRow({ period, unit, limit, used, left, renews_at: renewsAt }: Limit): string {
  const of = unit === "cost" ? "USD" : "tokens";
  return `this ${period}: ${used} of ${limit} ${of} used, ${left} left until ${renewsAt.slice(0, 10)}`;
}
