/**
 * Refresh tokens: an HMAC over the session and its counter. Nothing secret is stored, and every request that finds
 * the same counter issues the same token. The session's row says whether it is still valid.
 */
import { concatBytes, fromBase64, toBase64Url } from "../../../lib/bytes.ts";
import type { DerivedKey } from "../../../lib/derive-key.ts";
import { bytesToId, idToBytes } from "../../../lib/ids.ts";

/** `refreshCounter` counts the rotations of the session's refresh token. */
export type RefreshClaims = { userId: string; sessionId: string; refreshCounter: number };

const VERSION = 1;
/** Where each part begins: version, key id, session, user, counter, HMAC-SHA256. */
const AT = { key: 1, session: 4, user: 20, counter: 36, mac: 40 } as const;

/** Postgres' `integer` holds it and one more. */
export const HIGHEST_COUNTER = 2 ** 31 - 2;

/** 72 bytes in Base64url without padding. */
const FORM = /^[\w-]{96}$/;

/** The token of a session at a counter: always the same one. */
export async function issueRefreshToken(
  { id, key }: DerivedKey,
  { userId, sessionId, refreshCounter }: RefreshClaims,
): Promise<string> {
  const counter = new Uint8Array(4);
  new DataView(counter.buffer).setUint32(0, refreshCounter);
  const head = concatBytes([
    Uint8Array.of(VERSION),
    keyIdOf(id),
    idToBytes(sessionId),
    idToBytes(userId),
    counter,
  ]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, head));
  return toBase64Url(concatBytes([head, mac]));
}

/** The claims of a token; undefined unless it was signed with this key. */
export async function readRefreshToken(
  { id, key }: DerivedKey,
  token: string,
): Promise<RefreshClaims | undefined> {
  const bytes = FORM.test(token) ? fromBase64(token) : undefined;
  if (bytes?.[0] !== VERSION || !isSame(bytes.slice(AT.key, AT.session), keyIdOf(id))) {
    return undefined;
  }
  const head = bytes.slice(0, AT.mac);
  // Compares in constant time.
  const isSigned = await crypto.subtle.verify("HMAC", key, bytes.slice(AT.mac), head);
  return isSigned ? toClaims(head) : undefined;
}

function toClaims(head: Uint8Array): RefreshClaims | undefined {
  const sessionId = bytesToId(head.slice(AT.session, AT.user));
  const userId = bytesToId(head.slice(AT.user, AT.counter));
  const refreshCounter = new DataView(head.buffer).getUint32(AT.counter);
  const isCounter = refreshCounter <= HIGHEST_COUNTER;
  return sessionId && userId && isCounter ? { userId, sessionId, refreshCounter } : undefined;
}

/** Distinguishes tokens of another key before their signature is computed. */
function keyIdOf(id: Uint8Array): Uint8Array {
  return id.slice(0, AT.session - AT.key);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}
