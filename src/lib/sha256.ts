/** SHA-256 (FIPS 180-4), by Web Crypto. */
import { encodeUtf8, toBase64Url, toHex } from "./bytes.ts";

/** The 32 bytes of the hash. */
export async function sha256(bytes: BufferSource): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The hash in lower-case hex. */
export async function sha256Hex(bytes: BufferSource): Promise<string> {
  return toHex(await sha256(bytes));
}

/** The hash of a text's UTF-8 in Base64url. */
export async function sha256OfText(text: string): Promise<string> {
  return toBase64Url(await sha256(encodeUtf8(text)));
}
