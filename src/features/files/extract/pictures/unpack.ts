/** Decompresses the general encodings of pictures, up to a limit in bytes. */
import { decodeAscii, type Filter, inflated } from "../pdf/filters.ts";

export type Unpack = (bytes: Uint8Array, limit: number) => Uint8Array | undefined;

/** Returns undefined if the output would exceed `limit` bytes. */
export const inflate: Unpack = (bytes, limit) => inflated(bytes, limit);

const END_OF_RUNS = 128;

/** Decodes PackBits, which is RunLengthDecode of PDF (ISO 32000-2, section 7.4.5). */
export function unpackRuns(bytes: Uint8Array, limit: number): Uint8Array {
  const unpacked = new Uint8Array(limit);
  let size = 0;
  for (let at = 0; at < bytes.byteLength && size < limit;) {
    const length = bytes[at++] ?? END_OF_RUNS;
    if (length === END_OF_RUNS) continue;
    if (length > END_OF_RUNS) {
      unpacked.fill(bytes[at++] ?? 0, size, size + 257 - length);
      size += 257 - length;
    } else {
      unpacked.set(bytes.subarray(at, at + Math.min(length + 1, limit - size)), size);
      at += length + 1;
      size += length + 1;
    }
  }
  return unpacked.subarray(0, Math.min(size, limit));
}

const [CLEAR, END, FIRST, MOST_CODES] = [256, 257, 258, 4096];

/**
 * Decodes LZW of PDF and TIFF (ISO 32000-2, section 7.4.4). Codes grow one early unless `early` is
 * 0. Each code stores where its bytes are in the earlier output.
 */
export function unpackLzw(bytes: Uint8Array, limit: number, early: 0 | 1 = 1): Uint8Array {
  const unpacked = new Uint8Array(limit);
  const [starts, lengths] = [new Uint32Array(MOST_CODES), new Uint16Array(MOST_CODES)];
  let [size, next, width, buffer, bits, previous] = [0, FIRST, 9, 0, 0, -1];
  const write = (start: number, length: number) => {
    for (let index = 0; index < length && size < limit; index++) {
      unpacked[size++] = unpacked[start + index] ?? 0;
    }
  };
  for (const byte of bytes) {
    [buffer, bits] = [((buffer << 8) | byte) & 0xffffff, bits + 8];
    if (bits < width) continue;
    bits -= width;
    const code = (buffer >> bits) & ((1 << width) - 1);
    if (code === END || size >= limit) break;
    if (code === CLEAR) {
      [next, width, previous] = [FIRST, 9, -1];
      continue;
    }
    const start = size;
    if (code < CLEAR) unpacked[size++] = code;
    else if (code < next) write(starts[code] ?? 0, lengths[code] ?? 0);
    else if (previous < 0) break;
    else write(previous, start - previous + 1);
    // The new code stands for the previous sequence and the first byte of this one.
    if (previous >= 0 && next < MOST_CODES) {
      [starts[next], lengths[next]] = [previous, start - previous + 1];
      next++;
    }
    previous = start;
    if (next + early >= 1 << width && width < 12) width++;
  }
  return unpacked.subarray(0, size);
}

/** Undoes a general PDF filter; undefined or cut if the output would exceed `limit` bytes. */
export function unpackFilter(
  bytes: Uint8Array,
  filter: Filter,
  { limit, early }: { limit: number; early: 0 | 1 },
): Uint8Array | undefined {
  if (filter === "flate") return inflated(bytes, limit);
  if (filter === "lzw") return unpackLzw(bytes, limit, early);
  if (filter === "runLength") return unpackRuns(bytes, limit);
  return decodeAscii(bytes, filter, limit);
}
