/**
 * Work with effects outside the request: a client that hangs up cancels a Worker's request in the middle,
 * without an exception, and what was paid for or half done would be lost. Cloudflare grants it 30 s after
 * that; what may take longer belongs to a room, a queue or an outbox.
 */
import type { Context, MiddlewareHandler } from "hono";
import type { App } from "./router.ts";

const UNCHANGING = new Set(["GET", "HEAD", "OPTIONS"]);

/** The work itself, which goes on when its client leaves. It has to be called before any wait. */
export function runToEnd<T>(c: Context<App>, work: Promise<T>): Promise<T> {
  // Its failure is for whoever awaits the work.
  c.executionCtx.waitUntil(work.catch(() => undefined));
  return work;
}

/** Runs the handler of every change to its end. */
export const finishChanges: MiddlewareHandler<App> = async function finishChanges(c, next) {
  if (UNCHANGING.has(c.req.method)) return next();
  return runToEnd(c, next());
};
