/** The value of an `Idempotency-Key`, and the fingerprint of the request that it came with. */
import { Problem } from "../lib/problem.ts";
import { sha256OfText } from "../lib/sha256.ts";

const KEY = /^[\x21-\x7e]{1,255}$/;
const QUOTED = /^"(.*)"$/;

/** The key without quotes around it, if there are any. Throws `malformed_header`. */
export function parseKey(header: string): string {
  const key = QUOTED.exec(header)?.[1] ?? header;
  if (!KEY.test(key)) throw new Problem("malformed_header");
  return key;
}

type KeyedRequest = {
  /** Method and path template. */
  route: string;
  /** Of the path: ids, in upper or lower case. */
  parameters: Record<string, string>;
  body: Record<string, unknown>;
};

/**
 * SHA-256 of a request in Base64url, equal for two spellings of the same request. `stream` is left out: it
 * chooses the format of the response, and a retry may choose another.
 */
export async function fingerprintOf({ route, parameters, body }: KeyedRequest): Promise<string> {
  const ids = canonicalJson(parameters).toLowerCase();
  const given = Object.entries(body).filter(([name, value]) => name !== "stream" && isGiven(value));
  return sha256OfText(`${route}\n${ids}\n${canonicalJson(Object.fromEntries(given))}`);
}

/** An optional field may be absent or null. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** JSON with the members of every object sorted: their order carries no meaning, and jsonb does not keep it. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}
