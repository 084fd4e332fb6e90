/**
 * Which origins' pages may call the API and read its responses (Fetch standard, section 3.2 "CORS protocol").
 *
 * Pages of allowed origins call with cookies. A page of any other origin calls with a token, which nobody but its owner
 * has: the browser sends no cookies with it, because `Access-Control-Allow-Origin: *` refuses requests with credentials
 * already at the preflight, and whatever is signed in by a cookie stays unreadable.
 */
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { isListedOrigin } from "../lib/origins.ts";
import type { App } from "./router.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Of our own routes. */
const REQUEST_HEADERS =
  "Authorization Content-Type Idempotency-Key If-Match If-None-Match Last-Event-ID".split(" ");

/** What clients and the instrumentation of pages add, by name and by prefix: no route acts on it across origins. */
const TOLERATED = new Set(
  `accept baggage cache-control pragma prefer range sentry-trace traceparent tracestate user-agent x-api-key
  x-client-request-id x-request-id x-requested-with`.split(/\s+/),
);
const TOLERATED_PREFIX = /^(?:openai|x-stainless|x-vercel(?:-ai)?)-[a-z0-9-]{1,60}$/;

const MOST_REFLECTED = 50;

const RESPONSE_HEADERS =
  `Link ETag Location Retry-After Retry-After-Ms RateLimit RateLimit-Policy X-Request-Id
  Idempotent-Replayed X-Problem-Code WWW-Authenticate Content-Disposition X-Should-Retry X-Vercel-AI-UI-Message-Stream
  X-Workflow-Run-Id X-Workflow-Stream-Tail-Index Stream-Next-Offset Stream-Up-To-Date Stream-Closed
  Stream-Cursor`.split(/\s+/);

/**
 * Responds to preflights, lets pages of allowed origins read every response, and pages of any origin those to requests
 * with a token, errors included. A call from elsewhere is still served where it is signed in; its page cannot read
 * the response.
 */
export const crossOrigin: MiddlewareHandler<App> = async function crossOrigin(c, next) {
  if (isAllowedOrigin(c)) return allow(c, { credentials: true })(c, next);
  const handle = mayCallByToken(c) ? allow(c, { credentials: false }) : allowNothing;
  if (c.req.method === "OPTIONS") {
    c.header("vary", VARY);
    return handle(c, next);
  }
  await handle(c, next);
  c.res.headers.append("vary", VARY);
  return undefined;
};

/** By both it is decided whether a page may read the response. */
const VARY = "Origin, Authorization";

const allowNothing: MiddlewareHandler<App> = async function allowNothing(c, next) {
  if (c.req.method === "OPTIONS") return c.body(null, 204);
  await next();
  return undefined;
};

function allow(c: Context<App>, { credentials }: { credentials: boolean }): MiddlewareHandler<App> {
  return cors({
    origin: credentials ? (origin) => origin : "*",
    credentials,
    allowMethods: METHODS,
    allowHeaders: [...REQUEST_HEADERS, ...toleratedOf(c)],
    exposeHeaders: RESPONSE_HEADERS,
    maxAge: 7200,
  });
}

/**
 * True for a request with an `Authorization` header, and for the preflight of one, which has none but names it. A page
 * that also asks for cookies is refused by its browser.
 */
function mayCallByToken(c: Context<App>): boolean {
  if (c.req.header("origin") === undefined) return false;
  if (c.get("deps").config.ALLOWED_ORIGINS_ONLY) return false;
  if (c.req.method === "OPTIONS") return requestedHeaders(c).includes("authorization");
  return c.req.header("authorization") !== undefined;
}

/** The names that a preflight asks for, in lower case. */
function requestedHeaders(c: Context<App>): string[] {
  const names = c.req.header("access-control-request-headers")?.split(",") ?? [];
  return names.map((name) => name.trim().toLowerCase());
}

const isTolerated = (name: string) => TOLERATED.has(name) || TOLERATED_PREFIX.test(name);

function toleratedOf(c: Context<App>): string[] {
  return requestedHeaders(c).filter(isTolerated).slice(0, MOST_REFLECTED);
}

/** True when the request names an origin that is allowed: a configured one, or the API's own. */
export function isAllowedOrigin(c: Context<App>): boolean {
  const origin = c.req.header("origin");
  if (!origin) return false;
  return (
    origin === new URL(c.req.url).origin ||
    isListedOrigin(origin, c.get("deps").config.ALLOWED_ORIGINS)
  );
}
