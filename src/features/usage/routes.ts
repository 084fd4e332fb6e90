/** Routes for reading usage and what is left of the budgets. */
import { sql } from "drizzle-orm";
import { attachment } from "../../http/content-disposition.ts";
import { prefersToJson } from "../../http/negotiate.ts";
import { content, createRouter, json, route } from "../../http/router.ts";
import { keyIdOf } from "../../lib/principal.ts";
import { toIso } from "../../lib/clock.ts";
import { CSV, CSV_HEADERS, toUsageCsv } from "./csv-report.ts";
import { withDefaultDays } from "./days.ts";
import { listLimits, reportUsage } from "./report.ts";
import { UsageLimits, UsageQuery, UsageReport } from "./schemas.ts";

const tags = ["Usage"];

const read = route({
  method: "get",
  path: "/usage",
  operationId: "getUsage",
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
        "application/json": content(UsageReport),
        [CSV]: { schema: { type: "string" as const } },
      },
    },
  },
});

const limits = route({
  method: "get",
  path: "/usage/limits",
  operationId: "getBudgets",
  scope: "usage",
  tags,
  summary: "Read your budgets",
  description: "Each budget with what is used, reserved by running answers, and left.",
  responses: { 200: json(UsageLimits, "The budgets; none where nothing is limited.") },
});

export const usageRoutes = createRouter()
  .openapi(read, async (c) => {
    const { db, clock } = c.get("deps");
    const { from, to, group_by: groupBy } = withDefaultDays(c.req.valid("query"), clock());
    const { userId } = c.get("principal");
    const report = await reportUsage(db, sql`s.user_id = ${userId}`, { from, to, groupBy });
    if (!prefersToJson(c.req.header("accept"), CSV)) {
      return c.json({ from, to, group_by: groupBy, ...report }, 200);
    }
    const name = `usage-${from}-${to}-by-${groupBy}`;
    c.header("content-disposition", attachment(name, "csv"));
    return c.body(toUsageCsv(report.series), 200, CSV_HEADERS);
  })
  .openapi(limits, async (c) => {
    const { db, clock, config } = c.get("deps");
    const principal = c.get("principal");
    const payer = { userId: principal.userId, keyId: keyIdOf(principal) ?? null };
    const at = toIso(new Date(clock()));
    return c.json({ limits: await listLimits(db, payer, { defaults: config.BUDGETS, at }) }, 200);
  });
