/** `GET /metrics`, for Prometheus and for administrators. */
import { z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { type App, createRouter, route } from "../../../http/router.ts";
import { encodeUtf8 } from "../../../lib/bytes.ts";
import { sha256 } from "../../../lib/sha256.ts";
import { authenticate } from "../../auth/authenticate.ts";
import { METRICS_TYPE } from "./render.ts";

const metrics = route({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  tags: ["System"],
  summary: "Get the metrics as Prometheus text",
  description:
    "For administrators, and for the bearer of the server's `METRICS_TOKEN`. Counts are made from the database; those of large tables are estimates.",
  problems: ["not_found"],
  responses: {
    200: {
      description: "The metrics in Prometheus' text format.",
      content: { "text/plain": { schema: z.string() } },
    },
  },
});

/** The metrics' own token signs nobody in: everything else is a sign-in as for any other route. */
const authorizeMetrics: MiddlewareHandler<App> = async function authorizeMetrics(c, next) {
  return (await hasMetricsToken(c)) ? next() : authenticate(c, next);
};

const BEARER = /^bearer +(\S+)$/i;

/** Compares hashes in constant time, so that the time says nothing about the token. */
async function hasMetricsToken(c: Context<App>): Promise<boolean> {
  const expected = c.get("deps").config.METRICS_TOKEN;
  const given = BEARER.exec(c.req.header("authorization") ?? "")?.[1];
  if (expected === undefined || given === undefined) return false;
  const hashes = await Promise.all([expected, given].map((text) => sha256(encodeUtf8(text))));
  const [one, other] = hashes;
  return one !== undefined && other !== undefined && crypto.subtle.timingSafeEqual(one, other);
}

const router = createRouter();
router.use("/metrics", authorizeMetrics);

export const metricsRoutes = router.openapi(metrics, async (c) => {
  const { readMetrics } = await import("./read.ts");
  const text = await readMetrics(c.get("deps"), c.get("principal")?.userId);
  return c.text(text, 200, { "content-type": METRICS_TYPE });
});
