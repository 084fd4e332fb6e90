/**
 * Routes that take an `Idempotency-Key`: a repetition gets the first answer again.
 *
 * @see draft-ietf-httpapi-idempotency-key-header
 */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { IdempotencyKey } from "../db/idempotency-keys.ts";
import type { ProblemCode } from "../lib/problem.ts";
import { fingerprintOf, parseKey } from "./idempotency-key.ts";
import type { App } from "./router.ts";

/** The header of every route that creates or generates, as the document has it. */
export const KeyHeader = z.object({
  "idempotency-key": z.string().optional().openapi({
    description:
      "1 to 255 visible ASCII characters; quotes around them do not count. For a day, the same key and body at this address give the first answer again, and do nothing a second time.",
    example: "7f9c2ba4-e88f-4b1d-9c0a-2f6d1f3a5b7e",
  }),
});

/** What a route with a key may end with besides. */
export const keyProblems: readonly ProblemCode[] = ["malformed_header", "idempotency_key_reused"];

const REPLAYED = "Idempotent-Replayed";

/** The header that a repeated answer has, as the document has it. */
export const replayedHeader = {
  [REPLAYED]: {
    description: "`true` where an earlier request with this key did it.",
    schema: { type: "string" as const },
  },
};

/** The headers of an answer that was given before, or of one that was not. */
export function markReplayed(isReplayed: boolean): Record<string, string> {
  return isReplayed ? { [REPLAYED]: "true" } : {};
}

/** Looks at the key before a body that is long to read. Throws `malformed_header`. */
export function requireKeyForm(c: Context<App>): void {
  const header = c.req.header("idempotency-key");
  if (header !== undefined) parseKey(header);
}

/** The key of the request, whose body was checked; undefined without one. Throws `malformed_header`. */
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
