/** What the service says of itself. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { type App, createRouter, json, route } from "../../http/router.ts";

const live = route({
  method: "get",
  path: "/health/live",
  open: true,
  tags: ["System"],
  summary: "Say that the Worker runs",
  responses: {
    200: json(z.object({ status: z.literal("alive") }), "It runs. Nothing else was asked."),
  },
});

/** Mounted with the app itself, whose document `/openapi.json` shows. */
export function systemRoutes(_app: OpenAPIHono<App>) {
  return createRouter().openapi(live, (c) => c.json({ status: "alive" as const }, 200));
}
