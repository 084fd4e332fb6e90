/**
 * The Worker as `npm run dev` runs it: the product, whose cron requires a key, and which logs the path of each request
 * for the terminal. Wrangler's URL for the cron accepts any request, also a link on another site's page, and passes
 * its `cron` parameter on.
 */
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { logEvent } from "../../src/lib/log.ts";
import { DEV_REQUEST } from "./log-lines.ts";

export { ChatRoom, Limiter } from "../../src/index.ts";

type DevEnv = Env & { LOCAL_CRON_KEY: string };

const MOST_PATH = 200;

export default {
  ...worker,
  fetch: async (request: Request, env: DevEnv, context: ExecutionContext): Promise<Response> => {
    const startedAt = Date.now();
    const response = await worker.fetch(request, env, context);
    const durationMs = Date.now() - startedAt;
    // Not awaited: a problem's code is in its body.
    context.waitUntil(logRequest(request, response, durationMs));
    return response;
  },
  /** Throws where the event does not have the key; wrangler answers 500 then. */
  scheduled: (event: ScheduledController, env: DevEnv): Promise<void> => {
    if (!isEqual(env.LOCAL_CRON_KEY, event.cron)) {
      throw new Error("The cron request does not have the key of this start.");
    }
    return worker.scheduled(event, env);
  },
};

/** Without the query, which may hold a socket's ticket. */
async function logRequest(request: Request, response: Response, durationMs: number) {
  const path = new URL(request.url).pathname.slice(0, MOST_PATH);
  logEvent(DEV_REQUEST, {
    method: request.method,
    path,
    status: response.status,
    duration_ms: durationMs,
    problem: await problemOf(response),
  });
}

async function problemOf(response: Response): Promise<string | undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/problem+json") || !response.body) return undefined;
  try {
    const { code } = await response.clone().json<{ code?: unknown }>();
    return typeof code === "string" ? code : undefined;
  } catch {
    return undefined;
  }
}

function isEqual(expected: string, given: string): boolean {
  const [one, other] = [expected, given].map((text) => new TextEncoder().encode(text));
  if (one?.byteLength !== other?.byteLength || !one || !other) return false;
  return crypto.subtle.timingSafeEqual(one, other);
}
