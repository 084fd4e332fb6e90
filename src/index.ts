/** The Worker's entry: what Cloudflare calls, and the Durable Objects it runs. No logic. */
import { app } from "./app.ts";
import { runMinute } from "./cron.ts";
import type { Env } from "./env.ts";

export { ChatRoom } from "./features/turns/room/chat-room.do.ts";

export default {
  fetch: app.fetch,
  scheduled: (_event: ScheduledController, env: Env) => runMinute(env),
};
