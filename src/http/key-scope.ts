/** Which routes an API key may call: those of its scopes. */
import type { MiddlewareHandler } from "hono";
import type { KeyScope } from "../lib/key-scopes.ts";
import { Problem } from "../lib/problem.ts";
import type { App } from "./router.ts";
import { isSafeMethod } from "./run-to-end.ts";

/** The scopes that serve a route; none where only a session does. */
export function scopesOf(method: string, scope: KeyScope | undefined): KeyScope[] {
  if (!scope) return [];
  return isSafeMethod(method.toUpperCase()) ? [...new Set([scope, "read" as const])] : [scope];
}

/**
 * Refuses an API key without a scope of the route. Throws `insufficient_scope`, with the scope as its member:
 * null where only a session serves.
 */
export function requireScope(method: string, scope: KeyScope | undefined): MiddlewareHandler<App> {
  const served = scopesOf(method, scope);
  return async function requireScope(c, next) {
    const principal: App["Variables"]["principal"] | undefined = c.get("principal");
    const isRefused =
      principal?.via === "key" && !served.some((one) => principal.scopes.includes(one));
    if (isRefused) throw refusal(scope);
    await next();
  };
}

/** RFC 6750 section 3.1. */
function refusal(scope: KeyScope | undefined): Problem {
  const needed = scope ? `, scope="${scope}"` : "";
  const challenge = `Bearer realm="api", error="insufficient_scope"${needed}`;
  return new Problem("insufficient_scope", {
    headers: { "www-authenticate": challenge },
    members: { scope: scope ?? null },
  });
}
