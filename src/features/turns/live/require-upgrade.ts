import type { Context } from "hono";
import { isAllowedOrigin } from "../../../http/cors.ts";
import type { App } from "../../../http/router.ts";
import { Problem } from "../../../lib/problem.ts";

/** Throws `upgrade_required`, or `origin_not_allowed` for a page of another origin. */
export function requireUpgrade(c: Context<App>): void {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    const headers = { upgrade: "websocket", connection: "Upgrade" };
    throw new Problem("upgrade_required", { headers });
  }
  const isForeign = c.req.header("origin") !== undefined && !isAllowedOrigin(c);
  if (isForeign) throw new Problem("origin_not_allowed");
}
