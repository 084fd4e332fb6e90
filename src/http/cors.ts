/** Which origins' pages may call the API and read its responses (Fetch standard, section 3.2 "CORS protocol"). */
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { App } from "./router.ts";

const REQUEST_HEADERS =
  "Authorization Content-Type Idempotency-Key If-Match If-None-Match Last-Event-ID";
const RESPONSE_HEADERS =
  "Link ETag Location Retry-After RateLimit RateLimit-Policy X-Request-Id Idempotent-Replayed";

const allowOrigin: MiddlewareHandler<App> = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  allowHeaders: REQUEST_HEADERS.split(" "),
  exposeHeaders: RESPONSE_HEADERS.split(" "),
  maxAge: 7200,
});

/**
 * Responds to preflights, and lets pages of allowed origins read every response, errors included. A
 * call from elsewhere is still served where it is signed in; its page cannot read the response.
 */
export const crossOrigin: MiddlewareHandler<App> = async function crossOrigin(c, next) {
  if (isAllowedOrigin(c)) return allowOrigin(c, next);
  if (c.req.method === "OPTIONS") return c.body(null, 204, { vary: "Origin" });
  await next();
  c.res.headers.append("vary", "Origin");
  return undefined;
};

/** True when the request names an origin that is allowed: a configured one, or the API's own. */
export function isAllowedOrigin(c: Context<App>): boolean {
  const origin = c.req.header("origin");
  if (!origin) return false;
  return (
    origin === new URL(c.req.url).origin || c.get("deps").config.ALLOWED_ORIGINS.includes(origin)
  );
}
