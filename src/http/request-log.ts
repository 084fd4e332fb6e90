/**
 * One wide log line per request: the template of its route, never its path, query or body. The id is ours
 * alone: hono/request-id would take it from the client.
 */
import type { MiddlewareHandler } from "hono";
import { newId } from "../lib/ids.ts";
import { systemClock } from "../lib/clock.ts";
import { logEvent, type LogFields } from "../lib/log.ts";
import type { Principal } from "../lib/principal.ts";
import type { App } from "./router.ts";

/** Gives the request an id, and logs it once the response's headers are known. */
export const requestLog: MiddlewareHandler<App> = async function requestLog(c, next) {
  const startedAt = systemClock();
  const requestId = newId();
  c.set("requestId", requestId);
  await next();
  c.res.headers.set("x-request-id", requestId);
  logEvent("request", {
    request_id: requestId,
    method: c.req.method,
    route: c.get("route"),
    status: c.res.status,
    problem: c.get("problem"),
    ...principalFields(c.get("principal")),
    duration_ms: systemClock() - startedAt,
  });
};

/** Undefined for a request that is not signed in. */
function principalFields(principal: Principal | undefined): LogFields {
  if (!principal) return {};
  const { userId, sessionId, via } = principal;
  return { user_id: userId, [via === "key" ? "key_id" : "session_id"]: sessionId };
}
