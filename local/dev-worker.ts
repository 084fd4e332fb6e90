/**
 * The Worker as `npm run dev` runs it: the product, whose cron is for the holder of a key. wrangler's
 * address for the cron takes any request, also a link in a foreign page, and passes its `cron` on.
 */
import type { Env } from "../src/env.ts";
import worker from "../src/index.ts";

export { ChatRoom } from "../src/index.ts";

type DevEnv = Env & { LOCAL_CRON_KEY: string };

export default {
  ...worker,
  /** Throws where the event does not bring the key; wrangler answers 500 then. */
  scheduled: (event: ScheduledController, env: DevEnv): Promise<void> => {
    if (!isEqual(env.LOCAL_CRON_KEY, event.cron)) {
      throw new Error("The cron was called without the key of this start.");
    }
    return worker.scheduled(event, env);
  },
};

function isEqual(expected: string, given: string): boolean {
  const [one, other] = [expected, given].map((text) => new TextEncoder().encode(text));
  if (one?.byteLength !== other?.byteLength || !one || !other) return false;
  return crypto.subtle.timingSafeEqual(one, other);
}
