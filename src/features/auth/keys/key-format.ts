/**
 * The text of an API key: `ifk_`, 32 random bytes as 43 digits of base 62, and the CRC-32 of all before it as
 * 6 digits. A secret scanner finds a leaked key by its prefix, and excludes other texts by the checksum.
 */
import { crc32 } from "node:zlib";

const PREFIX = "ifk_";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const SHOWN_DIGITS = 6;

/** Also in docs/limits.md, for secret scanners. */
const KEY = /^ifk_[0-9A-Za-z]{49}$/;

/** The key of 32 random bytes. */
export function toApiKey(secret: Uint8Array): string {
  const body = PREFIX + toBase62(toNumber(secret), SECRET_DIGITS);
  return body + checksumOf(body);
}

/** True for a text in the form of a key whose checksum is correct. */
export function isApiKey(text: string): boolean {
  const body = text.slice(0, -CHECKSUM_DIGITS);
  return KEY.test(text) && checksumOf(body) === text.slice(-CHECKSUM_DIGITS);
}

/** The first characters of a key, by which a person recognises it. */
export function keyPrefixOf(key: string): string {
  return key.slice(0, PREFIX.length + SHOWN_DIGITS);
}

function checksumOf(body: string): string {
  return toBase62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function toBase62(value: bigint, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest /= 62n) {
    digits = DIGITS.charAt(Number(rest % 62n)) + digits;
  }
  return digits;
}
