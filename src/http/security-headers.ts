/** Headers by which a browser runs nothing of a response, and no cache stores it. */
import type { MiddlewareHandler } from "hono";

const POLICY = "content-security-policy";

/** hono/secure-headers asks of each header whether the response has it; here only pages have one of their own. */
const HEADERS = Object.entries({
  [POLICY]: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
  "cross-origin-resource-policy": "same-site",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
});

/** Sets them on every response, errors included. A page of ours has a content security policy of its own. */
export const securityHeaders: MiddlewareHandler = async function securityHeaders(c, next) {
  await next();
  const { headers } = c.res;
  const hasPolicy = headers.has(POLICY);
  for (const [name, value] of HEADERS) {
    if (name !== POLICY || !hasPolicy) headers.set(name, value);
  }
};

/**
 * Keeps responses out of shared caches, unless the route allows caching. Only what has an entity tag may stay in the
 * client's own cache, which has to ask each time whether it is still current, and so whether it may still be read.
 */
export const keepPrivate: MiddlewareHandler = async function keepPrivate(c, next) {
  await next();
  const { headers } = c.res;
  if (headers.has("cache-control")) return;
  const isTagged = headers.has("etag") && READS.has(c.req.method) && KEPT.has(c.res.status);
  headers.set("cache-control", isTagged ? "private, no-cache" : "private, no-store");
};

const READS = new Set(["GET", "HEAD"]);
const KEPT = new Set([200, 304]);
