/** Headers by which a browser runs nothing of a response, and no cache stores it. */
import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Sets them on every response, errors included. A page of ours has a content security policy of its own. */
export const securityHeaders = secureHeaders({
  overwrite: false,
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    sandbox: [],
  },
  crossOriginResourcePolicy: "same-site",
  strictTransportSecurity: "max-age=31536000; includeSubDomains",
  xFrameOptions: "DENY",
  // They concern windows and plug-ins, which responses of an API do not have.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

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
