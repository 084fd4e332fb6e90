/** Converts SHA-256 between lower-case hex (our rows) and Base64 (the bucket's headers). */

const HEX = /^[0-9a-f]{64}$/;
const WHOLE = /^[A-Za-z0-9+/]{43}=$/;

/** Throws unless the text is 32 bytes in lower-case hex. */
export function hexToChecksum(hex: string): string {
  if (!HEX.test(hex)) throw new Error("not a SHA-256 in lower-case hex");
  const bytes = hex.match(/../g) ?? [];
  return btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(""));
}

/**
 * Undefined without a checksum, and for one of parts (`...-3`), which is not the hash of the whole
 * object.
 */
export function checksumToHex(checksum: string | null): string | undefined {
  if (checksum === null || !WHOLE.test(checksum)) return undefined;
  return toHex(Uint8Array.from(atob(checksum), (char) => char.charCodeAt(0)));
}

export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
