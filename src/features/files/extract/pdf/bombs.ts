/**
 * Rejects PDFs that would exhaust the memory: pdf.js keeps all that it inflates, and visits all
 * pages before it returns their count. So every stream is measured before pdf.js gets the file, and
 * unmeasurable data is erased: pictures and encodings of pictures, which text extraction does not
 * need. In an encrypted document, which an empty password may open, streams cannot be measured:
 * those whose largest possible size is safe are accepted, needless ones are erased, and any other
 * fails the document.
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

/** In bytes, unpacked. The content of a page of dense text has about 20,000. */
const LARGEST_STREAM = 24_000_000;
/** In bytes, of an unpacked cross-reference stream; it can list a million objects. */
const LARGEST_TABLE = 5_000_000;
/** Bytes that are unpacked for measuring, over all streams. */
const MOST_UNPACKED = 1_000_000_000;
/** An object stream holds about a hundred objects. */
const MOST_OBJECT_STREAMS = 10_000;
/** The largest expansion of packed data: the maximum of LZW, which exceeds that of deflate. */
const LARGEST_RATIO = 1_400;
/** In bits, of a row of pixels or of a table. */
const LARGEST_ROW = 8_000_000;
/**
 * Pages that pdf.js can visit within the memory. The stricter limit of pages is checked on its
 * count.
 */
const MOST_COUNTED = 20_000;
/** Annotations of a page or fields of a form, all of which pdf.js holds. */
const MOST_LISTED = 20_000;
const MOST_FIELDS = 20_000;
/** Streams of one page. */
const MOST_IN_ARRAY = 5_000;

/** Facts about a file that measuring finds. */
export type Measured = { hasFontOfCodes: boolean };

/**
 * Throws ExtractionFailure if a file would be too large once opened. Overwrites data that cannot be
 * measured with zero bytes.
 */
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

/**
 * The page tree declares its page count. A document outline written for people has no more entries
 * than this limit.
 */
function refuseCounts({ mostCount, longestList, fields }: Counts): void {
  if (mostCount > MOST_COUNTED) throw new ExtractionFailure("too_many_pages");
  if (longestList > MOST_LISTED || fields > MOST_FIELDS) throw new ExtractionFailure("too_large");
}

type Counts = Pick<PdfObjects, "mostCount" | "longestList" | "fields">;

/** A page may join many streams, or one stream many times: all of them are in memory together. */
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

  /** Returns the unpacked size in bytes, or the limit plus one if it is larger. */
  sizeOf(stream: PdfStream): number {
    // A cross-reference stream is never encrypted.
    if (this.#isEncrypted && !stream.isTable) throw new ExtractionFailure("encrypted");
    const known = this.#sizes.get(stream);
    if (known !== undefined) return known;
    const { bytes, packing } = this.#unwrapped(stream);
    const size = packing ? unpackedSize(bytes, packing, LARGEST_STREAM) : 0;
    this.#spend(size);
    this.#sizes.set(stream, size);
    return size;
  }

  /** Parses the objects of an object stream. */
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

  /**
   * Undoes all filters but the last compressing one: double compression hides a large size behind a
   * small one.
   */
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

/** Returns an upper bound of the unpacked size in bytes, without looking at the data. */
function mostOf({ start, end, filters = [] }: PdfStream): number {
  const packings = filters.flatMap((name) => filterNamed(name) ?? []).filter(isPacking);
  return (end - start) * LARGEST_RATIO ** Math.max(1, packings.length);
}

/** Undoes one filter; undefined if the output is too large or the filter is unsupported. */
function outputOf(bytes: Uint8Array, filter: Filter): Uint8Array | undefined {
  if (!isPacking(filter)) return decodeAscii(bytes, filter, LARGEST_STREAM);
  return filter === "flate" ? inflated(bytes, LARGEST_STREAM) : undefined;
}

/** Returns the filters of a stream. Without a named one, the data may show its filter. */
function filtersOf({ filters }: PdfStream, bytes: Uint8Array): Filter[] {
  const known = (filters ?? []).flatMap((name) => filterNamed(name) ?? []);
  return known.length === 0 && isZlib(bytes) ? ["flate"] : known;
}

/** Checks the header of RFC 1950; pdf.js inflates nothing without it. */
function isZlib(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
