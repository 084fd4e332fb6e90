/**
 * Whether a route has a format that the client accepts (RFC 9110 section 12.5.1). `accepts` of hono cannot
 * say so: it returns its default for a wildcard as for a header that rules everything out.
 */
import type { MiddlewareHandler } from "hono";
import { parseAccept } from "hono/utils/accept";
import { Problem } from "../lib/problem.ts";

const EVENT_STREAM = "text/event-stream";
const JSON_TYPE = "application/json";

/**
 * Refuses a request whose `Accept` rules out all that the route produces. A route that always streams
 * is exempt: its clients send whatever their HTTP library sends. Throws `not_acceptable`.
 */
export function negotiate(produced: readonly string[]): MiddlewareHandler {
  const always = produced.every((type) => type === EVENT_STREAM);
  return async function checkAccept(c, next) {
    const accept = c.req.header("accept");
    if (accept && !always && !produced.some((type) => acceptsType(accept, type))) {
      throw new Problem("not_acceptable");
    }
    await next();
  };
}

/** True when an `Accept` header accepts the media type, by name or by a wildcard. */
export function acceptsType(accept: string, mediaType: string): boolean {
  const [family] = mediaType.split("/");
  const ranges = parseAccept(accept.toLowerCase());
  const matching = ranges
    .filter(({ type }) => type === mediaType || type === `${family}/*` || type === "*/*")
    .toSorted((a, b) => b.type.replace(/\*/g, "").length - a.type.replace(/\*/g, "").length);
  return (matching[0]?.q ?? 0) > 0;
}

/** True when an `Accept` header names the media type itself: a wildcard does not count. */
export function namesType(accept: string | undefined, mediaType: string): boolean {
  const ranges = parseAccept(accept?.toLowerCase() ?? "");
  return ranges.some(({ type, q }) => type === mediaType && q > 0);
}

/** True when an `Accept` header names the media type, and JSON not as well. */
export function prefersToJson(accept: string | undefined, mediaType: string): boolean {
  return namesType(accept, mediaType) && !namesType(accept, JSON_TYPE);
}
