/** Converts SHA-256 between lower-case hex (our rows) and Base64 (the bucket's headers). */
import { fromBase64, toBase64, toHex } from "../../lib/bytes.ts";

const HEX = /^[0-9a-f]{64}$/;
const WHOLE = /^[A-Za-z0-9+/]{43}=$/;

/** Throws unless the text is 32 bytes in lower-case hex. */
export function hexToChecksum(hex: string): string {
  if (!HEX.test(hex)) throw new Error("not a SHA-256 in lower-case hex");
  const bytes = (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return `${toBase64(Uint8Array.from(bytes))}=`;
}

/**
 * Undefined without a checksum, and for one of parts (`...-3`), which is not the hash of the whole
 * object.
 */
export function checksumToHex(checksum: string | null): string | undefined {
  const bytes = checksum !== null && WHOLE.test(checksum) ? fromBase64(checksum) : undefined;
  return bytes && toHex(bytes);
}
