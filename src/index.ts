/** The Worker's entry: the handlers that Cloudflare calls, and the Durable Object classes. No logic. */
import { app } from "./app.ts";
import type { Env } from "./env.ts";
import type { Job } from "./queue.ts";

export { Limiter } from "./limits/limiter.do.ts";
export { ChatRoom } from "./features/turns/room/chat-room.do.ts";

/** What only the queues and the cron need is loaded with their first event: readers of documents above all. */
export default {
  fetch: app.fetch,
  queue: async (batch: MessageBatch<Job>, env: Env) => {
    const { handleJobs } = await import("./queue.ts");
    return handleJobs(batch, env);
  },
  scheduled: async (event: ScheduledController, env: Env) => {
    const { runMinute } = await import("./cron.ts");
    return runMinute(env, event.scheduledTime);
  },
};
