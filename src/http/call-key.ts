/**
 * The key of a call whose client repeats it after a failure of the connection without an `Idempotency-Key`, as the
 * clients of OpenAI do: a repeat says so in a header, and has the same body.
 */
import type { Context } from "hono";
import type { IdempotencyKey } from "../db/idempotency-keys.ts";
import { sha256OfText } from "../lib/sha256.ts";
import { readKey } from "./keyed-route.ts";
import type { App } from "./router.ts";

const RETRY_COUNT = "x-stainless-retry-count";

/**
 * The client's own key, else one made from who calls and from the body. Two calls with the same body are two, unless
 * the second one says that it is a repeat. Throws `malformed_header`.
 */
export async function readCallKey(
  c: Context<App>,
  body: Record<string, unknown>,
): Promise<IdempotencyKey> {
  const given = await readKey(c, body);
  if (given) return given;
  const fingerprint = await sha256OfText(await c.req.text());
  return {
    id: c.get("deps").newId(),
    route: `${c.req.method} ${c.get("route")}`,
    // No key of a client has a space in it.
    key: `call ${c.get("principal").sessionId} ${fingerprint}`,
    fingerprint,
    isRepeat: /^[1-9]\d{0,3}$/.test(c.req.header(RETRY_COUNT) ?? ""),
  };
}
