/** A Worker whose Durable Objects do nothing: the room's log is tested in their storage. */
import { DurableObject } from "cloudflare:workers";

declare global {
  namespace Cloudflare {
    interface Env {
      ROOM: DurableObjectNamespace<EmptyRoom>;
    }
  }
}

export class EmptyRoom extends DurableObject {}

export default { fetch: () => new Response(null, { status: 404 }) };
