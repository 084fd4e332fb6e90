/**
 * Extracts parts of a ZIP and inflates them step by step. Declared sizes are not trusted: the
 * actual output is counted.
 */
import { Inflate } from "fflate";
import { ExtractionFailure } from "../failures.ts";
import type { ByteSource } from "./byte-source.ts";
import type { ZipEntry } from "./zip-directory.ts";

/** The stored bytes of a part: deflated (8) or stored (0). */
export type ZipPart = { method: number; bytes: Uint8Array };

/** In bytes per call of the inflater: the output can be a thousand times larger. */
const STEP = 1024;
/** Input bytes without any output; a stored block is shorter. */
const LONGEST_SILENCE = 128 * 1024;

const STORED = 0;
const DEFLATED = 8;
const HEADER_SIGNATURE = 0x04034b50;
const HEADER_SIZE = 30;

/** Reads the stored bytes of a part. Throws `too_large` above `most` bytes, and `damaged`. */
export async function readPart(
  source: ByteSource,
  { method, isEncrypted, compressedBytes, headerAt }: ZipEntry,
  most: number,
): Promise<ZipPart> {
  if (isEncrypted || (method !== STORED && method !== DEFLATED)) {
    throw new ExtractionFailure("damaged");
  }
  const start = await dataStart(source, headerAt);
  if (start + compressedBytes > source.size) throw new ExtractionFailure("damaged");
  if (compressedBytes > most) throw new ExtractionFailure("too_large");
  return { method, bytes: await source.read(start, compressedBytes) };
}

/**
 * Returns the offset of the data. The local header may have other fields than the directory entry.
 */
async function dataStart(source: ByteSource, headerAt: number): Promise<number> {
  const bytes = await source.read(headerAt, HEADER_SIZE);
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.byteLength < HEADER_SIZE || header.getUint32(0, true) !== HEADER_SIGNATURE) {
    throw new ExtractionFailure("damaged");
  }
  return headerAt + HEADER_SIZE + header.getUint16(26, true) + header.getUint16(28, true);
}

/** Counts the output of all parts of one document. */
export class InflatedBytes {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  count(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ExtractionFailure("too_large");
  }
}

/** Yields the inflated bytes of a part, step by step. */
export function* inflatePart(part: ZipPart, counted: InflatedBytes): Generator<Uint8Array> {
  const inflated: Uint8Array[] = [];
  const inflate = new Inflate((bytes) => void inflated.push(bytes));
  let silence = 0;
  for (const chunk of stepsOf(part.bytes)) {
    if (part.method === STORED) inflated.push(chunk);
    else push(inflate, chunk);
    const size = inflated.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    counted.count(size);
    silence = size > 0 ? 0 : silence + chunk.byteLength;
    // After the end of the data, the inflater would buffer all further input and copy it at each
    // step.
    if (silence > LONGEST_SILENCE) throw new ExtractionFailure("damaged");
    yield* inflated.splice(0);
  }
}

function push(inflate: Inflate, chunk: Uint8Array): void {
  try {
    inflate.push(chunk);
  } catch (cause) {
    throw new ExtractionFailure("damaged", { cause });
  }
}

function* stepsOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += STEP) {
    yield bytes.subarray(from, from + STEP);
  }
}
