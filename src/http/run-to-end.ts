/**
 * Work with effects outside the request. A client that disconnects cancels the Worker's request without an
 * exception, and what was paid for or half done would be lost. With `waitUntil` the work has another 30 s;
 * what may take longer belongs in a room, a queue or an outbox.
 */
import type { Context, MiddlewareHandler } from "hono";
import type { App } from "./router.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** True for methods that change nothing (RFC 9110 section 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/** Returns the work, which continues when the client disconnects. Call it before any `await`. */
export function runToEnd<T>(c: Context<App>, work: Promise<T>): Promise<T> {
  // The caller handles the failure.
  c.executionCtx.waitUntil(work.catch(() => undefined));
  return work;
}

/** Lets the handlers of all changes finish when the client disconnects. */
export const finishChanges: MiddlewareHandler<App> = async function finishChanges(c, next) {
  if (isSafeMethod(c.req.method)) return next();
  return runToEnd(c, next());
};
