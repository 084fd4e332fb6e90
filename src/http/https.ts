import type { Context } from "hono";
import { Problem } from "../lib/problem.ts";
import type { App } from "./router.ts";

/** Names of the local machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3). */
const LOCAL = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Refuses to send tokens over a connection that others can read. Throws `https_required`. */
export function requireHttps(c: Context<App>): void {
  const { protocol, hostname } = new URL(c.req.url);
  if (protocol !== "https:" && !LOCAL.test(hostname)) throw new Problem("https_required");
}
