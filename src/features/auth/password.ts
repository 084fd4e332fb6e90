/**
 * Passwords at rest. The only file that knows @noble/hashes.
 *
 * @see RFC 9106 Argon2; OWASP Password Storage Cheat Sheet (m=19456, t=2, p=1)
 */
import { argon2id } from "@noble/hashes/argon2.js";
import { fromBase64, toBase64 } from "../../lib/bytes.ts";

const COST = { m: 19_456, t: 2, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * A PHC string of the password. Synchronous on purpose: it blocks the isolate, so that one hash at a
 * time is its nature and memory stays at 19 MiB.
 */
export function hashPassword(password: string): string {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = argon2id(normalize(password), salt, { ...COST, dkLen: HASH_BYTES });
  return `$argon2id$v=19$m=${COST.m},t=${COST.t},p=${COST.p}$${toBase64(salt)}$${toBase64(hash)}`;
}

/** True when the password is the one of the PHC string. */
export function verifyPassword(password: string, phc: string): boolean {
  const [, m, t, p, salt, hash] = PHC.exec(phc) ?? [];
  const saltBytes = salt && fromBase64(salt);
  const expected = hash && fromBase64(hash);
  if (!saltBytes || !expected) return false;
  const cost = { m: Number(m), t: Number(t), p: Number(p), dkLen: expected.byteLength };
  return equalInConstantTime(argon2id(normalize(password), saltBytes, cost), expected);
}

/** Takes as long as a verification, so that an unknown account answers no sooner than a known one. */
export function verifyNothing(password: string): false {
  argon2id(normalize(password), new Uint8Array(SALT_BYTES), { ...COST, dkLen: HASH_BYTES });
  return false;
}

/** The same characters typed on another keyboard are the same password. */
function normalize(password: string): string {
  return password.normalize("NFC");
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.byteLength ^ b.byteLength;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
