/** Routes about the service itself. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { version } from "../../../package.json";
import { contentTag, hasTag, IfNoneMatch, notModified, tagged } from "../../http/entity-tag.ts";
import { envelope } from "../../http/fields.ts";
import { prefersToJson } from "../../http/negotiate.ts";
import { onDemand } from "../../http/on-demand.ts";
import { type App, createRouter, json, nameRoute, route } from "../../http/router.ts";
import { findAsset, withHeaders } from "./asset.ts";
import { checkHealth, Health, KEPT_SECONDS } from "./health.ts";
import {
  ASSETS_PATH,
  PAGE_HEADERS,
  PUBLIC,
  REDOC_PAGE,
  SCRIPT_HEADERS,
  SWAGGER_PAGE,
  SWAGGER_START,
} from "./pages.ts";
import { serveWebPage } from "./web-page.ts";

const tags = ["System"];

const Welcome = onDemand(() =>
  envelope(z.object({ version: z.string(), docs: z.string() })).openapi("Welcome"),
);

const welcome = route({
  method: "get",
  path: "/",
  operationId: "getWelcome",
  open: true,
  tags,
  summary: "Get the version and the documentation's path",
  description: "A browser is redirected to the documentation.",
  responses: {
    200: json(Welcome, "The version, and the path of the documentation."),
    302: { description: "Redirects browsers to the documentation." },
  },
  formats: ["text/html"],
});

const health = route({
  method: "get",
  path: "/health",
  operationId: "checkHealth",
  open: true,
  tags,
  summary: "Check the service and its dependencies",
  description: "Results are cached for 15 seconds. A check never generates an answer.",
  responses: {
    200: json(Health, "The service is healthy or degraded."),
    503: json(Health, "Postgres cannot be reached."),
  },
});

const Alive = onDemand(() => z.object({ status: z.literal("alive") }));

const live = route({
  method: "get",
  path: "/health/live",
  operationId: "checkLiveness",
  open: true,
  tags,
  summary: "Check that the Worker runs",
  description: "Calls no dependency. `GET /health` checks them.",
  responses: {
    200: json(Alive, "The Worker runs. No dependency was checked."),
  },
});

const OpenApiDocument = onDemand(() =>
  z.any().openapi({ type: "object", additionalProperties: true }),
);

const openApi = route({
  method: "get",
  path: "/openapi.json",
  operationId: "getOpenApiDocument",
  open: true,
  tags,
  summary: "Get the OpenAPI document",
  description: "This document, generated from the routes of the running version.",
  request: { headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: {
    200: tagged(json(OpenApiDocument, "The OpenAPI 3.1 document.")),
    304: notModified,
  },
});

/** The routes; `/openapi.json` describes `app`. */
export function systemRoutes(app: OpenAPIHono<App>) {
  let described: Awaited<ReturnType<typeof describe>> | undefined;
  const router = createRouter()
    .openapi(welcome, (c) => {
      // A browser names HTML, and not what a program reads.
      if (prefersToJson(c.req.header("accept"), "text/html")) return c.redirect("/docs", 302);
      const data = { version, docs: "/docs" };
      return c.json({ success: true as const, message: "Indifly AI Chat Backend", data }, 200);
    })
    .openapi(health, async (c) => {
      const report = await checkHealth(c.get("deps"));
      if (report.status !== "unhealthy") return c.json(report, 200);
      c.header("retry-after", String(KEPT_SECONDS));
      return c.json(report, 503);
    })
    .openapi(live, (c) => c.json({ status: "alive" as const }, 200))
    .openapi(openApi, async (c) => {
      // Not a shared promise: it would never settle if the request that began it lost its client.
      const { document, etag } = (described ??= await describe(app));
      const headers = { etag, "cache-control": PUBLIC };
      const isKnown = hasTag(c.req.valid("header")["if-none-match"], etag);
      return isKnown ? c.body(null, 304, headers) : c.json(document, 200, headers);
    });
  servePages(router);
  serveWebPage(router);
  return router;
}

/** The document of this version of the code, and its tag. What makes it is loaded when it is first asked for. */
async function describe(app: OpenAPIHono<App>) {
  const { describeAll } = await import("./describe.ts");
  const document = describeAll(app);
  return { document, etag: await contentTag(document) };
}

/** Serves the documentation pages, which are not part of the OpenAPI document. */
function servePages(router: OpenAPIHono<App>): void {
  const serve = (path: string, body: string, headers: Record<string, string>) =>
    router.get(path, nameRoute(path), async (c) => {
      const tagged = { ...headers, etag: await contentTag(body) };
      const isKnown = hasTag(c.req.header("if-none-match"), tagged.etag);
      return isKnown ? c.body(null, 304, tagged) : c.body(body, 200, tagged);
    });
  serve("/docs", SWAGGER_PAGE, PAGE_HEADERS);
  serve("/docs/start.js", SWAGGER_START, SCRIPT_HEADERS);
  serve("/redoc", REDOC_PAGE, PAGE_HEADERS);
  const assets = `${ASSETS_PATH}/:file`;
  router.get(assets, nameRoute(assets), serveAsset);
}

/** The file names contain no version, so browsers revalidate them daily. */
async function serveAsset(c: Context<App>): Promise<Response> {
  return withHeaders(await findAsset(c, c.req.path), { "cache-control": "public, max-age=86400" });
}
