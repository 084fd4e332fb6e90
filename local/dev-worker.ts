/**
 * The Worker as `npm run dev` runs it: the product, whose cron requires a key. Wrangler's URL for the cron
 * accepts any request, also a link on another site's page, and passes its `cron` parameter on.
 */
import type { Env } from "../src/env.ts";
import worker from "../src/index.ts";

export { ChatRoom, Limiter } from "../src/index.ts";

type DevEnv = Env & { LOCAL_CRON_KEY: string };

export default {
  ...worker,
  /** Throws where the event does not have the key; wrangler answers 500 then. */
  scheduled: (event: ScheduledController, env: DevEnv): Promise<void> => {
    if (!isEqual(env.LOCAL_CRON_KEY, event.cron)) {
      throw new Error("The cron request does not have the key of this start.");
    }
    return worker.scheduled(event, env);
  },
};

function isEqual(expected: string, given: string): boolean {
  const [one, other] = [expected, given].map((text) => new TextEncoder().encode(text));
  if (one?.byteLength !== other?.byteLength || !one || !other) return false;
  return crypto.subtle.timingSafeEqual(one, other);
}
