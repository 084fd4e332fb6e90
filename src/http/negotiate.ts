/** Whether a route can answer in a format that the client accepts (RFC 9110 section 12.5.1). */
import type { MiddlewareHandler } from "hono";
import { Problem } from "../lib/problem.ts";

const EVENT_STREAM = "text/event-stream";

/**
 * Refuses a request whose `Accept` rules out all that the route produces. A route that always streams
 * is exempt: its clients send whatever their HTTP library sends.
 */
export function negotiate(produced: readonly string[]): MiddlewareHandler {
  const always = produced.every((type) => type === EVENT_STREAM);
  return async function checkAccept(c, next) {
    const accept = c.req.header("accept");
    if (accept && !always && !produced.some((type) => accepts(accept, type))) {
      throw new Problem("not_acceptable");
    }
    await next();
  };
}

/** True when an `Accept` header names the media type, by itself or by a wildcard. */
export function accepts(accept: string, mediaType: string): boolean {
  const [family] = mediaType.split("/");
  const ranges = accept.toLowerCase().split(",").map(parseRange);
  const matching = ranges
    .filter(({ range }) => range === mediaType || range === `${family}/*` || range === "*/*")
    .toSorted((a, b) => b.range.replace(/\*/g, "").length - a.range.replace(/\*/g, "").length);
  return (matching[0]?.quality ?? 0) > 0;
}

/** True when an `Accept` header names the media type itself, not by a wildcard. */
export function names(accept: string, mediaType: string): boolean {
  return accept
    .toLowerCase()
    .split(",")
    .map(parseRange)
    .some(({ range, quality }) => range === mediaType && quality > 0);
}

function parseRange(text: string): { range: string; quality: number } {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, quality: Number.isNaN(quality) ? 1 : quality };
}
