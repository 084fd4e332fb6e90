/**
 * What of a PDF would take more memory than there is: pdf.js holds all that it inflates, and walks through
 * all pages before it tells how many there are. So every stream is measured before it sees the file, and
 * what cannot be measured is erased: pictures, which text needs none of, and what only pictures are packed
 * in. Of an encrypted document, which an empty password may open, a stream cannot be measured: only those are
 * admitted that cannot become too large, and programs of fonts are erased.
 */
import { ExtractionFailure } from "../failures.ts";
import {
  decodeAscii,
  type Filter,
  filterNamed,
  inflated,
  isPacking,
  unpackedSize,
} from "./pdf-filters.ts";
import { readObjects } from "./pdf-objects.ts";
import { objectsIn, type PdfObjects, type PdfStream } from "./pdf-streams.ts";
import { PdfTokens } from "./pdf-tokens.ts";

/** Bytes of one unpacked stream. The content of a page of dense text has about 20,000. */
const LARGEST_STREAM = 24_000_000;
/** Bytes of an unpacked table of objects: of those there can be a million then. */
const LARGEST_TABLE = 5_000_000;
/** Bytes that are unpacked to be measured, of all streams together. */
const MOST_UNPACKED = 1_000_000_000;
/** Object streams hold about a hundred objects each. */
const MOST_OBJECT_STREAMS = 10_000;
/** Packed data comes out at most so many times as large: LZW's best, which is above that of deflate. */
const LARGEST_RATIO = 1_400;
/** A row of pixels, or of a table, in bits. */
const LARGEST_ROW = 8_000_000;
/** Pages that pdf.js has room to walk through. Whether they are too many is asked of it. */
const MOST_COUNTED = 20_000;
/** Streams of one page. */
const MOST_IN_ARRAY = 5_000;

/** Throws where a file is too large once it is opened. Erases in it what cannot be measured. */
export function refuseBombs(data: Uint8Array): void {
  const found = objectsIn(data);
  refuseCounts(found);
  const measure = new Measure(data, found.isEncrypted);
  const objectStreams = found.streams.filter(({ isObjectStream }) => isObjectStream);
  if (objectStreams.length > MOST_OBJECT_STREAMS) throw new ExtractionFailure("too_large");
  for (const stream of found.streams) measure.refuseLarge(stream);
  const arrays = found.isEncrypted
    ? []
    : objectStreams.flatMap((stream) => measure.readObjects(stream));
  refuseJoined([...found.arrays, ...arrays], found.streams, measure);
}

/** The tree of pages says how many it has; an outline has as many entries in no document for people. */
function refuseCounts({ mostCount }: Pick<PdfObjects, "mostCount">): void {
  if (mostCount > MOST_COUNTED) throw new ExtractionFailure("too_many_pages");
}

/** A page may be made of many streams, or of one many times: all of them are held together. */
function refuseJoined(arrays: number[][], streams: PdfStream[], measure: Measure): void {
  const byNumber = Map.groupBy(streams, ({ number }) => number);
  for (const array of arrays) {
    const joined = array.flatMap((number) => byNumber.get(number)?.slice(-1) ?? []);
    if (joined.length > MOST_IN_ARRAY) throw new ExtractionFailure("too_large");
    const most = joined.reduce((sum, { start, end }) => sum + (end - start) * LARGEST_RATIO, 0);
    if (most <= LARGEST_STREAM) continue;
    const size = joined.reduce((sum, stream) => sum + measure.sizeOf(stream), 0);
    if (size > LARGEST_STREAM) throw new ExtractionFailure("too_large");
  }
}

class Measure {
  readonly #data: Uint8Array;
  readonly #isEncrypted: boolean;
  readonly #sizes = new Map<PdfStream, number>();
  #left = MOST_UNPACKED;
  #objectBytes = LARGEST_STREAM;

  constructor(data: Uint8Array, isEncrypted: boolean) {
    this.#data = data;
    this.#isEncrypted = isEncrypted;
  }

  refuseLarge(stream: PdfStream): void {
    const { isTable, rowBits, start, end } = stream;
    if (!this.#isText(stream)) {
      this.#data.fill(0, start, end);
      return;
    }
    if (packingsOf(stream).length > 1 || rowBits > LARGEST_ROW)
      throw new ExtractionFailure("too_large");
    const limit = isTable ? LARGEST_TABLE : LARGEST_STREAM;
    const isSmall = (end - start) * LARGEST_RATIO <= limit;
    if (isSmall) return;
    if (this.#isEncrypted && stream.isFont) this.#data.fill(0, start, end);
    else if (this.sizeOf(stream) > limit) throw new ExtractionFailure("too_large");
  }

  /** Bytes that come out, one more than the limit where there are more. */
  sizeOf(stream: PdfStream): number {
    // A table of objects is never encrypted.
    if (this.#isEncrypted && !stream.isTable) throw new ExtractionFailure("encrypted");
    const known = this.#sizes.get(stream);
    if (known !== undefined) return known;
    const { bytes, packing } = this.#unwrapped(stream);
    const size = packing ? unpackedSize(bytes, packing, LARGEST_STREAM) : 0;
    this.#spend(size);
    this.#sizes.set(stream, size);
    return size;
  }

  /** The arrays in an object stream. */
  readObjects(stream: PdfStream): number[][] {
    const { bytes, packing } = this.#unwrapped(stream);
    if (packing !== undefined && packing !== "flate") throw new ExtractionFailure("too_large");
    const objects = packing ? inflated(bytes, this.#objectBytes) : bytes;
    if (!objects) throw new ExtractionFailure("too_large");
    this.#objectBytes -= objects.byteLength;
    const read = readObjects(new PdfTokens(objects, 0, objects.byteLength));
    refuseCounts(read);
    return read.arrays;
  }

  #isText({ isPicture, filters }: PdfStream): boolean {
    if (isPicture || !filters) return false;
    return filters.every((name) => filterNamed(name) !== undefined);
  }

  /** Without the filters that write bytes as text. */
  #unwrapped(stream: PdfStream): { bytes: Uint8Array; packing: Filter | undefined } {
    let bytes = this.#data.subarray(stream.start, stream.end);
    const filters = filtersOf(stream, bytes);
    for (const filter of filters) {
      if (isPacking(filter)) break;
      const decoded = decodeAscii(bytes, filter, LARGEST_STREAM);
      if (!decoded) throw new ExtractionFailure("too_large");
      this.#spend(decoded.byteLength);
      bytes = decoded;
    }
    return { bytes, packing: filters.find(isPacking) };
  }

  #spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ExtractionFailure("too_large");
  }
}

/** Packed twice is packed to be small before it is large. */
function packingsOf({ filters = [] }: PdfStream): Filter[] {
  return filters.flatMap((name) => filterNamed(name) ?? []).filter(isPacking);
}

/** Where none is named, the data itself may say. */
function filtersOf({ filters }: PdfStream, bytes: Uint8Array): Filter[] {
  const known = (filters ?? []).flatMap((name) => filterNamed(name) ?? []);
  return known.length === 0 && isZlib(bytes) ? ["flate"] : known;
}

/** By the header of RFC 1950, without which pdf.js inflates nothing either. */
function isZlib(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
