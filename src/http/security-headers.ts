/** Headers that tell a browser to run nothing of what we send; pages of ours set a policy of their own. */
import type { MiddlewareHandler } from "hono";
import type { App } from "./router.ts";

const NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";

const HEADERS: Record<string, string> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-site",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
};

/** Sets them on every answer, errors included; what a user may see is kept in no shared cache. */
export const securityHeaders: MiddlewareHandler<App> = async function securityHeaders(c, next) {
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", NOTHING_RUNS);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};
