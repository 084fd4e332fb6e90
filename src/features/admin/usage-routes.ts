/** Routes by which administrators read the usage of all accounts. */
import { sql } from "drizzle-orm";
import { attachment } from "../../http/content-disposition.ts";
import { prefersToJson } from "../../http/negotiate.ts";
import { content, createRouter, route } from "../../http/router.ts";
import { CSV, CSV_HEADERS, toUsageCsv } from "../usage/csv-report.ts";
import { withDefaultDays } from "../usage/days.ts";
import { reportUsage } from "../usage/report.ts";
import { AllUsageQuery, AllUsageReport } from "../usage/schemas.ts";
import { requireAdmin } from "./require-admin.ts";

const read = route({
  method: "get",
  path: "/admin/usage",
  operationId: "getUsageOfAllAccounts",
  tags: ["Administration"],
  summary: "Read the usage of all accounts",
  description:
    "Sums over days (UTC), with a series by account, day or model, like `GET /usage`. By default the last 30 days, by account. To everybody but administrators this route is 404.",
  request: { query: AllUsageQuery },
  problems: ["not_found"],
  responses: {
    200: {
      description: "The sums.",
      content: {
        "application/json": content(AllUsageReport),
        [CSV]: { schema: { type: "string" as const } },
      },
    },
  },
});

export const allUsageRoutes = createRouter().openapi(read, async (c) => {
  const { db, clock } = c.get("deps");
  await requireAdmin(db, c.get("principal").userId);
  const { from, to, group_by: groupBy } = withDefaultDays(c.req.valid("query"), clock());
  const report = await reportUsage(db, sql`true`, { from, to, groupBy });
  if (!prefersToJson(c.req.header("accept"), CSV)) {
    return c.json({ from, to, group_by: groupBy, ...report }, 200);
  }
  c.header("content-disposition", attachment(`usage-${from}-${to}-by-${groupBy}`, "csv"));
  return c.body(toUsageCsv(report.series), 200, CSV_HEADERS);
});
