/** Which pages may call, and read the answer (Fetch standard, section 3.2 "CORS protocol"). */
import type { Context, MiddlewareHandler } from "hono";
import type { App } from "./router.ts";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const REQUEST_HEADERS =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID";
const RESPONSE_HEADERS =
  "Link, ETag, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed";
const PREFLIGHT_SECONDS = "7200";

/** Answers preflights, and tells browsers which origins may read an answer, errors included. */
export const crossOrigin: MiddlewareHandler<App> = async function crossOrigin(c, next) {
  const allowed = isAllowedOrigin(c) ? c.req.header("origin") : undefined;
  if (c.req.method === "OPTIONS") return preflight(allowed);
  await next();
  c.res.headers.append("vary", "Origin");
  if (allowed) letRead(c.res.headers, allowed);
  return undefined;
};

function letRead(headers: Headers, origin: string): void {
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-allow-credentials", "true");
  headers.set("access-control-expose-headers", RESPONSE_HEADERS);
}

/** True when the request names an origin that is allowed: a configured one, or the API's own. */
export function isAllowedOrigin(c: Context<App>): boolean {
  const origin = c.req.header("origin");
  if (!origin) return false;
  return (
    origin === new URL(c.req.url).origin || c.get("deps").config.ALLOWED_ORIGINS.includes(origin)
  );
}

function preflight(allowed: string | undefined): Response {
  const headers = new Headers({ vary: "Origin" });
  if (allowed) {
    headers.set("access-control-allow-origin", allowed);
    headers.set("access-control-allow-credentials", "true");
    headers.set("access-control-allow-methods", METHODS);
    headers.set("access-control-allow-headers", REQUEST_HEADERS);
    headers.set("access-control-max-age", PREFLIGHT_SECONDS);
  }
  return new Response(null, { status: 204, headers });
}
