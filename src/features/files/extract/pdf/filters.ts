/**
 * Measures the unpacked size of PDF streams (ISO 32000-2, section 7.4) without buffering the
 * output.
 */
import { concatBytes } from "../../../../lib/bytes.ts";
import { constants, inflateSync } from "node:zlib";
import { ExtractionFailure } from "../../failures.ts";
import { InflatedBytes, inflatePart } from "../zip.ts";

/** Filters that expand data, under all their names. Other text encodings count as `ascii`. */
export type Filter = "flate" | "lzw" | "runLength" | "asciiHex" | "ascii85";

const FILTERS: Record<string, Filter> = {
  FlateDecode: "flate",
  Fl: "flate",
  LZWDecode: "lzw",
  LZW: "lzw",
  RunLengthDecode: "runLength",
  RL: "runLength",
  ASCIIHexDecode: "asciiHex",
  AHx: "asciiHex",
  ASCII85Decode: "ascii85",
  A85: "ascii85",
};

/** Returns a filter by its PDF name; undefined for a filter of pictures and for an unknown one. */
export function filterNamed(name: string): Filter | undefined {
  return Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
}

export function isPacking(filter: Filter): boolean {
  return filter === "flate" || filter === "lzw" || filter === "runLength";
}

/** Returns the unpacked size in bytes, or `limit + 1` if it is larger. */
export function unpackedSize(bytes: Uint8Array, filter: Filter, limit: number): number {
  if (filter === "lzw") return Math.max(lzwSize(bytes, limit, 0), lzwSize(bytes, limit, 1));
  if (filter === "runLength") return runLengthSize(bytes, limit);
  return inflated(bytes, limit)?.byteLength ?? limit + 1;
}

/** Inflates zlib data as far as it is intact; undefined if the output exceeds `limit` bytes. */
export function inflated(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  try {
    const { Z_SYNC_FLUSH: finishFlush } = constants;
    return inflateSync(bytes, { maxOutputLength: limit, finishFlush, chunkSize: CHUNK });
  } catch (error) {
    return error instanceof RangeError ? undefined : inflatedUntilDamage(bytes, limit);
  }
}

const CHUNK = 64 * 1024;
const HEADER_SIZE = 2;

/** Inflates up to the damage, because pdf.js accepts the same bytes. */
function inflatedUntilDamage(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  const part = { method: 8, bytes: bytes.subarray(HEADER_SIZE) };
  try {
    for (const piece of inflatePart(part, new InflatedBytes(limit))) pieces.push(piece);
  } catch (error) {
    if (error instanceof ExtractionFailure && error.code === "too_large") return undefined;
  }
  return concatBytes(pieces);
}

/**
 * Decodes a text encoding of bytes. The output is at most as long as the input, or four bytes for a
 * `z`.
 */
export function decodeAscii(
  bytes: Uint8Array,
  filter: Filter,
  limit: number,
): Uint8Array | undefined {
  return filter === "asciiHex" ? decodeHex(bytes) : decode85(bytes, limit);
}

const END_OF_HEX = 0x3e;

function decodeHex(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array((bytes.byteLength >> 1) + 1);
  let digits = 0;
  for (const byte of bytes) {
    if (byte === END_OF_HEX) break;
    const digit = hexDigit(byte);
    if (digit === undefined) continue;
    const at = digits >> 1;
    decoded[at] = ((decoded[at] ?? 0) << 4) | digit;
    digits++;
  }
  if (digits % 2 === 1) decoded[digits >> 1] = (decoded[digits >> 1] ?? 0) << 4;
  return decoded.subarray(0, (digits + 1) >> 1);
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
}

const [END_OF_85, ZEROS] = [0x7e, 0x7a];

function decode85(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  const zeros = bytes.reduce((count, byte) => count + (byte === ZEROS ? 1 : 0), 0);
  const size = bytes.byteLength + 4 * zeros + 4;
  if (size > limit) return undefined;
  const decoded = new Uint8Array(size);
  let [length, value, digits] = [0, 0, 0];
  const flush = (count: number) => {
    for (let position = 0; position < count; position++)
      decoded[length++] = value / 256 ** (3 - position);
    [value, digits] = [0, 0];
  };
  for (const byte of bytes) {
    if (byte === END_OF_85) break;
    if (byte === ZEROS && digits === 0) length += 4;
    if (byte < 0x21 || byte > 0x75) continue;
    value = value * 85 + byte - 0x21;
    if (++digits === 5) flush(4);
  }
  if (digits > 1) {
    const left = digits - 1;
    for (; digits < 5; digits++) value = value * 85 + 84;
    flush(left);
  }
  return decoded.subarray(0, length);
}

const END_OF_RUNS = 128;

function runLengthSize(bytes: Uint8Array, limit: number): number {
  let size = 0;
  for (let at = 0; at < bytes.byteLength && size <= limit;) {
    const length = bytes[at] ?? END_OF_RUNS;
    if (length === END_OF_RUNS) break;
    size += length < END_OF_RUNS ? length + 1 : 257 - length;
    at += length < END_OF_RUNS ? length + 2 : 2;
  }
  return size;
}

const [CLEAR, END_OF_CODES, FIRST_CODE, MOST_CODES] = [256, 257, 258, 4096];

/** Returns the size of LZW output from code lengths alone. `early`: the EarlyChange parameter. */
function lzwSize(bytes: Uint8Array, limit: number, early: 0 | 1): number {
  const lengths = new Uint32Array(MOST_CODES).fill(1);
  let [next, width, previous, size, buffer, bits] = [FIRST_CODE, 9, 0, 0, 0, 0];
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (buffer >> bits) & ((1 << width) - 1);
    if (code === END_OF_CODES || size > limit) break;
    if (code === CLEAR) {
      [next, width, previous] = [FIRST_CODE, 9, 0];
      continue;
    }
    const length = code < next ? (lengths[code] ?? 1) : previous + 1;
    size += length;
    if (previous > 0 && next < MOST_CODES) lengths[next++] = previous + 1;
    previous = length;
    if (next + early >= 1 << width && width < 12) width++;
  }
  return size;
}
