/** Ids, UUIDv7 (RFC 9562 section 5.7) so that newer rows sort after older ones, and random secrets. */
import { parse, stringify, v7, validate, version } from "uuid";
import { toBase64Url, toHex } from "./bytes.ts";

/** Creates a new id; an argument of pure code. */
export type NewId = () => string;

/** Ascending within one isolate, also within one millisecond. */
export const newId: NewId = () => v7();

/** The lowest UUIDv7 of a time in milliseconds since the epoch: earlier ids sort before it. */
export function firstIdAt(time: number): string {
  return v7({ msecs: time, seq: 0, random: new Uint8Array(16) });
}

/** True for any UUID in canonical form, whatever its version: old rows may have others. */
export function isId(value: string): boolean {
  return validate(value) && version(value) > 0;
}

/** The 16 bytes of an id. */
export function idToBytes(id: string): Uint8Array {
  return parse(id);
}

/** The id of 16 bytes; undefined if they are not a UUID. */
export function bytesToId(bytes: Uint8Array): string | undefined {
  try {
    return stringify(bytes);
  } catch {
    return undefined;
  }
}

/** A secret of 32 random bytes, in Base64url. */
export function newSecret(): string {
  return toBase64Url(randomBytes(32));
}

export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}

/** The id of a trace: 16 random bytes in hexadecimal. */
export function newTraceId(): string {
  return randomHex(16);
}

/** The id of one part of a trace: 8 random bytes in hexadecimal. */
export function newSpanId(): string {
  return randomHex(8);
}

const POOL_BYTES = 4_096;

/** Random bytes for ids that are no secrets: to ask the runtime for a few takes longer than to make an id of them. */
const pool = { bytes: new Uint8Array(POOL_BYTES), used: POOL_BYTES };

function randomHex(sizeBytes: number): string {
  if (pool.used + sizeBytes > POOL_BYTES) {
    crypto.getRandomValues(pool.bytes);
    pool.used = 0;
  }
  const start = pool.used;
  pool.used += sizeBytes;
  return toHex(pool.bytes.subarray(start, pool.used));
}
