/**
 * Routes that take an `Idempotency-Key`: a retry gets the first response again.
 *
 * @see draft-ietf-httpapi-idempotency-key-header
 */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { IdempotencyKey } from "../db/idempotency-keys.ts";
import type { ProblemCode } from "../lib/problem.ts";
import { fingerprintOf, parseKey } from "./idempotency-key.ts";
import type { App } from "./router.ts";

/** The request header of every route that creates or generates. */
const KeyHeader = z.object({
  "idempotency-key": z.string().optional().openapi({
    description:
      "1 to 255 visible ASCII characters; quotes around them do not count. For 24 hours, the same key and body at this path return the first response again and change nothing.",
    example: "7f9c2ba4-e88f-4b1d-9c0a-2f6d1f3a5b7e",
  }),
});

/** The request headers of a route with a key: the key, and the route's own. */
export function withKeyHeader(own: unknown): z.ZodObject {
  return own instanceof z.ZodObject ? KeyHeader.extend(own.shape) : KeyHeader;
}

/** The problems that a route with a key may end with in addition to its own. */
export const keyProblems: readonly ProblemCode[] = ["malformed_header", "idempotency_key_reused"];

const REPLAYED = "Idempotent-Replayed";

/** The header of a replayed response, for the OpenAPI document. */
export const replayedHeader = {
  [REPLAYED]: {
    description: "`true` when an earlier request with this key made the change.",
    schema: { type: "string" as const },
  },
};

/** The headers that say whether a response is replayed. */
export function markReplayed(isReplayed: boolean): Record<string, string> {
  return isReplayed ? { [REPLAYED]: "true" } : {};
}

/** Validates the key before a large body is read. Throws `malformed_header`. */
export function validateKeyHeader(c: Context<App>): void {
  const header = c.req.header("idempotency-key");
  if (header !== undefined) parseKey(header);
}

/** The key of a request whose body is valid; undefined without one. Throws `malformed_header`. */
export async function readKey(
  c: Context<App>,
  body: Record<string, unknown>,
): Promise<IdempotencyKey | undefined> {
  const header = c.req.header("idempotency-key");
  if (header === undefined) return undefined;
  const route = `${c.req.method} ${c.get("route")}`;
  const fingerprint = await fingerprintOf({ route, parameters: c.req.param(), body });
  return { id: c.get("deps").newId(), route, key: parseKey(header), fingerprint };
}
