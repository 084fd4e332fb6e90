import type { MiddlewareHandler } from "hono";
import { Problem } from "../lib/problem.ts";

/** A `%` that begins no escape is literal: browsers and people send it. */
const STRAY_PERCENT = /%(?![0-9a-f]{2})/gi;

/** Refuses a query string whose escapes are not UTF-8: it would be decoded to another text. Throws `invalid_encoding`. */
export const checkQuery: MiddlewareHandler = async function checkQuery(c, next) {
  const { url } = c.req;
  if (!isUtf8(url.slice(url.indexOf("?") + 1 || url.length))) throw new Problem("invalid_encoding");
  await next();
};

function isUtf8(query: string): boolean {
  try {
    decodeURIComponent(query.replace(STRAY_PERCENT, "%25"));
    return true;
  } catch {
    return false;
  }
}
