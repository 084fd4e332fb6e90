/** What an `Idempotency-Key` reads, and what tells the request that brought it from another one. */
import { encodeUtf8, toBase64Url } from "../lib/bytes.ts";
import { Problem } from "../lib/problem.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;
const QUOTED = /^"(.*)"$/;

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
