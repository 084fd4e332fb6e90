/** Secrets of the stand-ins: random, and compared in constant time. */
import { randomBytes, timingSafeEqual } from "node:crypto";

/** 192 random bits, in characters that URLs and headers contain unescaped. */
export function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

/** Compares in a time that depends on the lengths alone. */
export function isEqual(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
