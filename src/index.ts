/** The Worker's entry: what Cloudflare calls, and the Durable Objects it runs. No logic. */
import { app } from "./app.ts";

export { ChatRoom } from "./features/turns/chat-room.do.ts";

export default { fetch: app.fetch };
