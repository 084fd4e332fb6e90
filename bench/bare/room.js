/** The cost of a room that does nothing: it passes the provider's bytes on, whoever reads them. */
import { DurableObject } from "cloudflare:workers";

export class ChatRoom extends DurableObject {
  async start(body) {
    const response = await fetch(this.env.PROVIDER_URL, { method: "POST", body });
    const unread = [];
    let [out, isPulled, isOver] = [undefined, false, false];
    const send = () => {
      if (!isPulled) return;
      if (unread.length > 0) {
        isPulled = false;
        out.enqueue(unread.shift());
      } else if (isOver) out.close();
    };
    const start = (controller) => void (out = controller);
    const pull = () => {
      isPulled = true;
      send();
    };
    const run = async () => {
      const bytes = response.body.getReader();
      for (let read = await bytes.read(); !read.done; read = await bytes.read()) {
        unread.push(read.value);
        send();
      }
      isOver = true;
      send();
    };
    this.ctx.waitUntil(run());
    return new ReadableStream({ start, pull }, { highWaterMark: 0 });
  }
}

/** The product's second class, which the configuration names. */
export class Limiter extends DurableObject {}

export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname;
    const room = env.CHAT_ROOM.getByName(name);
    return new Response(await room.start(await request.text()));
  },
};
