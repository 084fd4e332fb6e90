/** Refuses unknown paths, methods and oversized headers before sign-in and any feature. */
import type { MiddlewareHandler } from "hono";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { matchedRoutes } from "hono/route";
import { Problem } from "../lib/problem.ts";
import type { App } from "./router.ts";

const LARGEST_HEADERS_BYTES = 32 * 1024;

/**
 * Throws `route_not_found`, `method_not_allowed` (with `Allow`) and `headers_too_large`, by the route table
 * of the app. hono/method-not-allowed runs after the handlers, when sign-in has already refused.
 */
export function guardRequest(app: OpenAPIHono<App>): MiddlewareHandler<App> {
  let table: RouteTable | undefined;
  return async function guardRequest(c, next) {
    if (sizeOf(c.req.raw.headers) > LARGEST_HEADERS_BYTES) throw new Problem("headers_too_large");
    if (!matchedRoutes(c).some(isRoute)) {
      table ??= readTable(app);
      const methods = methodsOf(table, c.req.path);
      if (methods.size === 0) throw new Problem("route_not_found");
      if (!methods.has(c.req.method)) throw methodNotAllowed(methods);
    }
    await next();
  };
}

type RouteEntry = { method: string; pattern: RegExp };

/** The routes by the first segment of their paths, which is no parameter: a request compares few patterns. */
type RouteTable = Map<string, RouteEntry[]>;

/** Middleware has the method `ALL`. */
function isRoute({ method }: { method: string }): boolean {
  return method !== "ALL";
}

/** The routes of the app by method and path. */
function readTable(app: OpenAPIHono<App>): RouteTable {
  const routes = app.routes.filter(isRoute);
  const table = Map.groupBy(routes, ({ path }) => firstSegment(path));
  return new Map([...table].map(([first, some]) => [first, some.map(toEntry)]));
}

function toEntry({ method, path }: { method: string; path: string }): RouteEntry {
  return { method, pattern: toPattern(path) };
}

function firstSegment(path: string): string {
  const end = path.indexOf("/", 1);
  return end === -1 ? path : path.slice(0, end);
}

/** A parameter is one segment, `*` any number of them. */
function toPattern(path: string): RegExp {
  const source = path
    .replaceAll(".", "\\.")
    .replaceAll("*", ".*")
    .replace(/:[^/]+/g, "[^/]+");
  return new RegExp(`^${source}$`);
}

function methodsOf(table: RouteTable, path: string): Set<string> {
  const entries = table.get(firstSegment(path)) ?? [];
  const methods = new Set(entries.filter((entry) => entry.pattern.test(path)).map((e) => e.method));
  if (methods.has("GET")) methods.add("HEAD");
  return methods;
}

function methodNotAllowed(methods: Set<string>): Problem {
  return new Problem("method_not_allowed", {
    headers: { allow: [...methods, "OPTIONS"].join(", ") },
  });
}

function sizeOf(headers: Headers): number {
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  return size;
}
