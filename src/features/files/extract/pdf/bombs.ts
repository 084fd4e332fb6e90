/**
 * What of a PDF would take more memory than there is: pdf.js holds all that it inflates, and walks through
 * all pages before it tells how many there are. So every stream is measured before it sees the file, and
 * what cannot be measured is erased: pictures, which text needs none of, and what only pictures are packed
 * in. Of an encrypted document, which an empty password may open, a stream cannot be measured: only those are
 * admitted that cannot become too large, and of the others those are erased that text needs none of.
 */
import { ExtractionFailure } from "../../failures.ts";
import {
  decodeAscii,
  type Filter,
  filterNamed,
  inflated,
  isPacking,
  unpackedSize,
} from "./filters.ts";
import { type PdfObject, readObjects } from "./objects.ts";
import { objectsIn, type PdfObjects, type PdfStream } from "./streams.ts";
import { PdfTokens } from "./tokens.ts";

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
/** Annotations of a page or fields of a form, all of which pdf.js holds. */
const MOST_LISTED = 20_000;
const MOST_FIELDS = 20_000;
/** Streams of one page. */
const MOST_IN_ARRAY = 5_000;

/** What was found out about a file while it was measured. */
export type Measured = { hasFontOfCodes: boolean };

/** Throws where a file is too large once it is opened. Erases in it what cannot be measured. */
export function refuseBombs(data: Uint8Array): Measured {
  const found = objectsIn(data);
  refuseCounts(found);
  const measure = new Measure(data, found.isEncrypted);
  const objectStreams = found.streams.filter(({ isObjectStream }) => isObjectStream);
  if (objectStreams.length > MOST_OBJECT_STREAMS) throw new ExtractionFailure("too_large");
  for (const stream of found.streams) measure.refuseLarge(stream);
  const packed = found.isEncrypted
    ? []
    : objectStreams.map((stream) => measure.readObjects(stream));
  const arrays = packed.flatMap((objects) => objects.arrays);
  refuseCounts({ ...found, fields: sum([found, ...packed].map(({ fields }) => fields)) });
  refuseJoined([...found.arrays, ...arrays], found.streams, measure);
  return { hasFontOfCodes: [found, ...packed].some((objects) => objects.hasFontOfCodes) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The tree of pages says how many it has; an outline has as many entries in no document for people. */
function refuseCounts({ mostCount, longestList, fields }: Counts): void {
  if (mostCount > MOST_COUNTED) throw new ExtractionFailure("too_many_pages");
  if (longestList > MOST_LISTED || fields > MOST_FIELDS) throw new ExtractionFailure("too_large");
}

type Counts = Pick<PdfObjects, "mostCount" | "longestList" | "fields">;

/** A page may be made of many streams, or of one many times: all of them are held together. */
function refuseJoined(arrays: number[][], streams: PdfStream[], measure: Measure): void {
  const byNumber = Map.groupBy(streams, ({ number }) => number);
  for (const array of arrays) {
    const joined = array.flatMap((number) => byNumber.get(number)?.slice(-1) ?? []);
    if (joined.length > MOST_IN_ARRAY) throw new ExtractionFailure("too_large");
    const most = joined.reduce((sum, stream) => sum + mostOf(stream), 0);
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
    if (rowBits > LARGEST_ROW) throw new ExtractionFailure("too_large");
    const limit = isTable ? LARGEST_TABLE : LARGEST_STREAM;
    if (mostOf(stream) <= limit) return;
    if (this.#isEncrypted && stream.isNeedless) this.#data.fill(0, start, end);
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

  /** What is in an object stream. */
  readObjects(stream: PdfStream): PdfObject {
    const { bytes, packing } = this.#unwrapped(stream);
    if (packing !== undefined && packing !== "flate") throw new ExtractionFailure("too_large");
    const objects = packing ? inflated(bytes, this.#objectBytes) : bytes;
    if (!objects) throw new ExtractionFailure("too_large");
    this.#objectBytes -= objects.byteLength;
    const read = readObjects(new PdfTokens(objects, 0, objects.byteLength));
    refuseCounts(read);
    return read;
  }

  #isText({ isPicture, filters }: PdfStream): boolean {
    if (isPicture || !filters) return false;
    return filters.every((name) => filterNamed(name) !== undefined);
  }

  /** What the last filter that packs is given: packed twice is packed to be small before it is large. */
  #unwrapped(stream: PdfStream): { bytes: Uint8Array; packing: Filter | undefined } {
    let bytes = this.#data.subarray(stream.start, stream.end);
    const filters = filtersOf(stream, bytes);
    const last = filters.findLastIndex(isPacking);
    for (const filter of last < 0 ? filters : filters.slice(0, last)) {
      const decoded = outputOf(bytes, filter);
      if (!decoded) throw new ExtractionFailure("too_large");
      this.#spend(decoded.byteLength);
      bytes = decoded;
    }
    return { bytes, packing: filters[last] };
  }

  #spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ExtractionFailure("too_large");
  }
}

/** Bytes that a stream cannot exceed, without looking at it. */
function mostOf({ start, end, filters = [] }: PdfStream): number {
  const packings = filters.flatMap((name) => filterNamed(name) ?? []).filter(isPacking);
  return (end - start) * LARGEST_RATIO ** Math.max(1, packings.length);
}

/** What comes out of one filter; undefined where that is too much, or is not known. */
function outputOf(bytes: Uint8Array, filter: Filter): Uint8Array | undefined {
  if (!isPacking(filter)) return decodeAscii(bytes, filter, LARGEST_STREAM);
  return filter === "flate" ? inflated(bytes, LARGEST_STREAM) : undefined;
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
