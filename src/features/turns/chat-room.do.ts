import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../env.ts";
export class ChatRoom extends DurableObject<Env> {
  async erase(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
