/** Keys of different purposes from one secret. */
import { encodeUtf8 } from "./bytes.ts";
import { sha256 } from "./sha256.ts";

/** An HMAC-SHA256 key; `id` is the beginning of its hash, six bytes. */
export type DerivedKey = { id: Uint8Array; key: CryptoKey };

/** HKDF-SHA256 (RFC 5869). */
export async function deriveKey(secret: string, purpose: string): Promise<DerivedKey> {
  const input = await crypto.subtle.importKey("raw", encodeUtf8(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: encodeUtf8("indifly"), info: encodeUtf8(purpose) },
    input,
    256,
  );
  const key = await crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  return { id: (await sha256(bits)).slice(0, 6), key };
}
