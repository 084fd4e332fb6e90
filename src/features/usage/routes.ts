/** Routes for reading usage and what is left of the budgets. */
import { attachment } from "../../http/content-disposition.ts";
import { prefersToJson } from "../../http/negotiate.ts";
import { createRouter, json, route } from "../../http/router.ts";
import { keyIdOf } from "../../lib/principal.ts";
import { toIso } from "../../lib/clock.ts";
import { toCsv } from "./csv.ts";
import { listLimits, reportUsage } from "./report.ts";
import { UsageLimits, UsageQuery, UsageReport, type UsageEntry } from "./schemas.ts";

const tags = ["Usage"];
const CSV = "text/csv";

const read = route({
  method: "get",
  path: "/usage",
  scope: "usage",
  tags,
  summary: "Read your usage",
  description:
    "Sums of all calls to AI providers over days (UTC), with a series by day, model, chat or kind of call. By default the last 30 days, by day. With `Accept: text/csv` the series is a table. At most 1,000 entries, those with the most tokens.",
  request: { query: UsageQuery },
  responses: {
    200: {
      description: "The sums.",
      content: {
        "application/json": { schema: UsageReport },
        [CSV]: { schema: { type: "string" as const } },
      },
    },
  },
});

const limits = route({
  method: "get",
  path: "/usage/limits",
  scope: "usage",
  tags,
  summary: "Read your budgets",
  description: "Each budget with what is used, reserved by running answers, and left.",
  responses: { 200: json(UsageLimits, "The budgets; none where nothing is limited.") },
});

const COLUMNS = [
  "key",
  "calls",
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "cost",
  "currency",
  "unpriced_calls",
  "estimated_calls",
] as const satisfies readonly (keyof UsageEntry)[];

export const usageRoutes = createRouter()
  .openapi(read, async (c) => {
    const { db, clock } = c.get("deps");
    const { from, to, group_by: groupBy } = withDefaults(c.req.valid("query"), clock());
    const { userId } = c.get("principal");
    const report = await reportUsage(db, userId, { from, to, groupBy });
    if (!prefersToJson(c.req.header("accept"), CSV)) {
      return c.json({ from, to, group_by: groupBy, ...report }, 200);
    }
    const name = `usage-${from}-${to}-by-${groupBy}`;
    c.header("content-disposition", attachment(name, "csv"));
    return c.body(toCsv(COLUMNS, report.series), 200, { "content-type": `${CSV}; charset=utf-8` });
  })
  .openapi(limits, async (c) => {
    const { db, clock, config } = c.get("deps");
    const principal = c.get("principal");
    const payer = { userId: principal.userId, keyId: keyIdOf(principal) ?? null };
    const at = toIso(new Date(clock()));
    return c.json({ limits: await listLimits(db, payer, { defaults: config.BUDGETS, at }) }, 200);
  });

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 30;

function withDefaults(
  query: { from?: string | undefined; to?: string | undefined; group_by: UsageReport["group_by"] },
  now: number,
) {
  const to = query.to ?? dayOf(now + DAY_MS);
  return { ...query, to, from: query.from ?? dayOf(Date.parse(to) - DEFAULT_DAYS * DAY_MS) };
}

function dayOf(time: number): string {
  return toIso(new Date(time)).slice(0, 10);
}
