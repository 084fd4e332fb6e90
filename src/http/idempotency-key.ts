/**
 * The `Idempotency-Key` of a request, after which a repetition gets the first answer again.
 *
 * @see draft-ietf-httpapi-idempotency-key-header
 */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { IdempotencyKey } from "../db/idempotency-keys.ts";
import { encodeUtf8, toBase64Url } from "../lib/bytes.ts";
import { Problem, type ProblemCode } from "../lib/problem.ts";
import type { App } from "./router.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;
const QUOTED = /^"(.*)"$/;

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

/** The key without the quotes that it may stand in. Throws `malformed_header`. */
export function parseKey(header: string): string {
  const key = QUOTED.exec(header)?.[1] ?? header;
  if (!KEY.test(key)) throw new Problem("malformed_header");
  return key;
}

export type AskedFor = {
  /** Method and template. */
  route: string;
  /** Of the path: ids, in capitals or not. */
  parameters: Record<string, string>;
  body: Record<string, unknown>;
};

/**
 * A hash of what is asked for, the same for two spellings of it. Left out is `stream`: it says how to
 * answer, and a repetition may want it otherwise.
 */
export async function fingerprintOf({ route, parameters, body }: AskedFor): Promise<string> {
  const ids = canonicalJson(parameters).toLowerCase();
  const given = Object.entries(body).filter(([name, value]) => name !== "stream" && isGiven(value));
  const text = `${route}\n${ids}\n${canonicalJson(Object.fromEntries(given))}`;
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", encodeUtf8(text))));
}

/** An optional field may be absent or null. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** JSON with the members of every object in one order: Postgres keeps none either. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}
