/** SHA-256 as our rows have it, in lower-case hex, and as the bucket's header has it, in Base64. */

const HEX = /^[0-9a-f]{64}$/;
const WHOLE = /^[A-Za-z0-9+/]{43}=$/;

/** Throws for what is no lower-case hex of 32 bytes. */
export function hexToChecksum(hex: string): string {
  if (!HEX.test(hex)) throw new Error("not a SHA-256 in lower-case hex");
  const bytes = hex.match(/../g) ?? [];
  return btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(""));
}

/** Undefined where there is none, or one of parts (`...-3`), which says nothing about the whole. */
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
