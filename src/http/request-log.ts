/**
 * One wide log line per request: the template of its route, never its path, query or body. The id is ours
 * alone: hono/request-id would take it from the client.
 */
import type { Context, MiddlewareHandler } from "hono";
import { newId } from "../lib/ids.ts";
import { logEvent, type LogFields } from "../lib/log.ts";
import type { Principal } from "../lib/principal.ts";
import { runTraced, type Trace } from "../lib/trace.ts";
import type { App } from "./router.ts";

/** Gives the request an id and a trace, and logs it once the response's headers are known. */
export const requestLog: MiddlewareHandler<App> = function requestLog(c, next) {
  return runTraced(c.req.header("traceparent"), async (trace) => {
    const requestId = newId();
    c.set("requestId", requestId);
    await next();
    c.res.headers.set("x-request-id", requestId);
    c.res.headers.set("server-timing", serverTiming(c, trace));
    logRequest(c, trace);
  });
};

function logRequest(c: Context<App>, trace: Trace): void {
  const [route, problem] = [c.get("route"), c.get("problem")];
  const { status } = c.res;
  logEvent("request", {
    request_id: c.get("requestId"),
    method: c.req.method,
    route,
    status,
    problem,
    ...principalFields(c.get("principal")),
    ...trace.fields,
  });
  // Absent where the environment is invalid.
  c.get("deps")?.metrics.write({
    kind: "request",
    name: route && `${c.req.method} ${route}`,
    outcome: String(status),
    problem,
    ...trace.spent,
  });
}

const SHOWN = ["db", "storage", "provider", "room"] as const;

/**
 * What the request has spent until its headers leave, in milliseconds. Without a sign-in only the total: how long a
 * query takes may say whether an account exists.
 *
 * @see https://www.w3.org/TR/server-timing/
 */
function serverTiming(c: Context<App>, trace: Trace): string {
  const shown = c.get("principal") ? SHOWN : [];
  const parts = shown.flatMap((on) => {
    const ms = trace.spentMs(on);
    return ms === undefined ? [] : [`${on};dur=${ms}`];
  });
  return [...parts, `total;dur=${trace.durationMs}`].join(", ");
}

/** Empty for a request that is not signed in. */
function principalFields(principal: Principal | undefined): LogFields {
  if (!principal) return {};
  const { userId, sessionId, via } = principal;
  return { user_id: userId, [via === "key" ? "key_id" : "session_id"]: sessionId };
}
