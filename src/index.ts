/** The Worker's entry: the handlers that Cloudflare calls, and the Durable Object classes. No logic. */
import { app } from "./app.ts";
import { runMinute } from "./cron.ts";
import type { Env } from "./env.ts";
import { handleJobs, type Job } from "./queue.ts";

export { Limiter } from "./limits/limiter.do.ts";
export { ChatRoom } from "./features/turns/room/chat-room.do.ts";

export default {
  fetch: app.fetch,
  queue: (batch: MessageBatch<Job>, env: Env) => handleJobs(batch, env),
  scheduled: (event: ScheduledController, env: Env) => runMinute(env, event.scheduledTime),
};
