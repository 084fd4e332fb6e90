/** A Worker whose Durable Objects do nothing, and the product's own room without an environment. */
import { DurableObject } from "cloudflare:workers";
import type { ChatRoom } from "../../src/features/turns/room/chat-room.do.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      ROOM: DurableObjectNamespace<EmptyRoom>;
      CHAT_ROOM: DurableObjectNamespace<ChatRoom>;
    }
  }
}

export { ChatRoom } from "../../src/features/turns/room/chat-room.do.ts";

export class EmptyRoom extends DurableObject {
  override alarm(): void {}
}

export default { fetch: () => new Response(null, { status: 404 }) };
