/** Bytes to text and back, and a body read no further than its limit. */

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Text of UTF-8 bytes; undefined where they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  // The runtime's types leave open what memory it is in; it is never shared.
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** Length of a text in bytes of UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).byteLength;
}

/** The beginning of a text that takes at most so many bytes of UTF-8; never half of a surrogate pair. */
export function utf8Prefix(text: string, limitBytes: number): string {
  const room = new Uint8Array(Math.max(0, Math.min(limitBytes, text.length * 3)));
  return text.slice(0, encoder.encodeInto(text, room).read);
}

/** Base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_");
}

/** Base64 without padding, as PHC strings have it. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/={1,2}$/, "");
}

/** Bytes of Base64 or Base64url, padded or not; undefined where it is neither. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const FIRST_BYTES = 64 * 1024;

/**
 * Reads a body of at most `limitBytes` into one buffer; undefined, and the rest left unread, when it is
 * longer. Chunks are not kept: a body that comes byte by byte takes no more memory than another.
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

/** Takes no more than that of a body, and drops it: whoever is still sending may lose the answer on its way. */
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
