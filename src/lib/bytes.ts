/** Converts between bytes and text, and reads bodies up to a limit. */

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of UTF-8 bytes; undefined if they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  // The runtime's types allow a SharedArrayBuffer; the encoder never returns one.
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** The length of a text in bytes of UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).byteLength;
}

/** The longest prefix of a text within `limitBytes` of UTF-8; never splits a surrogate pair. */
export function utf8Prefix(text: string, limitBytes: number): string {
  const room = new Uint8Array(Math.max(0, Math.min(limitBytes, text.length * 3)));
  return text.slice(0, encoder.encodeInto(text, room).read);
}

/** Base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_");
}

/** Base64 without padding, as in PHC strings. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/={1,2}$/, "");
}

/** Decodes Base64 or Base64url, padded or not; undefined if it is neither. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

const FIRST_BYTES = 64 * 1024;

/**
 * Reads a body of at most `limitBytes` into one buffer; undefined, with the rest unread, if it is longer.
 * Chunks are copied and dropped: a body that arrives byte by byte takes no more memory than any other.
 */
export async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let buffer = new Uint8Array(Math.min(limitBytes, FIRST_BYTES));
  let size = 0;
  for await (const chunk of body) {
    const end = size + chunk.byteLength;
    if (end > limitBytes) return undefined;
    if (end > buffer.byteLength) buffer = grown(buffer, Math.min(limitBytes, end * 2));
    buffer.set(chunk, size);
    size = end;
  }
  return buffer.subarray(0, size);
}

function grown(buffer: Uint8Array, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(sizeBytes);
  larger.set(buffer);
  return larger;
}

/**
 * Discards at most `limitBytes` of a body: a client that is still sending may otherwise never read the
 * response.
 */
export async function skipAtMost(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<void> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limitBytes) return;
  }
}

/** Joins byte arrays into one. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
