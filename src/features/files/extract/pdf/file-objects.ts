/** Finds the objects of a PDF by scanning its bytes, without the cross-reference table. */
import { ascii, positionsOf } from "../byte-search.ts";
import { unpackFilter } from "../pictures/unpack.ts";
import { filterNamed, isPacking, unpackedSize } from "./filters.ts";
import { numberBefore, objectsIn, type PdfStream } from "./streams.ts";
import { PdfTokens } from "./tokens.ts";
import { isReference, type PdfDictionary, type PdfValue, readValue } from "./values.ts";

const OBJ = ascii("obj");
/** Further objects are dropped and count as missing. */
const MOST_OBJECTS = 300_000;
/** In bytes, of one object and of all object streams together. */
const LARGEST_OBJECT = 4 * 1024 * 1024;
const MOST_UNPACKED = 24_000_000;
/** Filters of one stream. */
const MOST_FILTERS = 8;
/** The longest chain of references. */
const MOST_STEPS = 8;

/** Where an object begins: in the file, or in the bytes of an object stream. */
type Found = { bytes: Uint8Array; at: number };

export class FileObjects {
  readonly #found = new Map<number, Found>();
  readonly #streams = new Map<number, PdfStream>();
  readonly #data: Uint8Array;
  #left = MOST_UNPACKED;
  /** The highest object number, and the offset of the newest cross-reference table. */
  highest = 0;
  readonly tableAt: number | undefined;
  /** True if streams are encrypted, so that only objects outside streams are known. */
  readonly isEncrypted: boolean;

  constructor(data: Uint8Array) {
    this.#data = data;
    const { streams, isEncrypted } = objectsIn(data);
    this.isEncrypted = isEncrypted;
    this.tableAt = tableAt(data);
    for (const stream of streams) this.#streams.set(stream.number, stream);
    const packed = new Set(
      streams.flatMap(({ number, isObjectStream }) => (isObjectStream ? [number] : [])),
    );
    // In file order, so that an incremental update overrides older objects.
    for (const at of positionsOf(OBJ, data)) {
      const number = numberBefore(data, at);
      this.#add(number, data, at + OBJ.byteLength);
      if (packed.has(number)) this.#addPacked(number);
    }
  }

  /** Resolves references; null if the object is missing. */
  get(value: PdfValue | undefined): PdfValue {
    let found = value;
    for (let steps = 0; isReference(found) && steps < MOST_STEPS; steps++) {
      found = this.#read(found.reference);
    }
    return isReference(found) ? null : (found ?? null);
  }

  /** Returns the resolved dictionary, also that of a stream; empty for anything else. */
  dictionary(value: PdfValue | undefined): PdfDictionary {
    const found = this.get(value);
    return found instanceof Map ? found : new Map();
  }

  /** Returns the resolved items of an array, or a single value as a list; empty for null. */
  list(value: PdfValue | undefined): PdfValue[] {
    const found = this.get(value);
    if (found === null) return [];
    return Array.isArray(found) ? found.map((each) => this.get(each)) : [found];
  }

  /** Returns the unpacked bytes of a stream; undefined if they cannot be decoded. */
  contentOf(number: number): Uint8Array | undefined {
    const filters = this.#streams.get(number)?.filters;
    let bytes = this.packedOf(number);
    if (!filters || filters.length > MOST_FILTERS) return undefined;
    const dictionary = this.dictionary({ reference: number });
    const parameters = this.list(dictionary.get("DecodeParms") ?? dictionary.get("DP"));
    for (const [index, name] of filters.entries()) {
      const early = earlyChangeOf(this.dictionary(parameters[index]));
      bytes = bytes && unpackNamed(bytes, name, early);
    }
    return bytes;
  }

  /** Returns the packed bytes of a stream; undefined if it is missing or encrypted. */
  packedOf(number: number): Uint8Array | undefined {
    const stream = this.#streams.get(number);
    if (!stream || this.isEncrypted) return undefined;
    return this.#data.subarray(stream.start, stream.end);
  }

  #read(number: number): PdfValue | undefined {
    const found = this.#found.get(number);
    if (!found) return null;
    return readValue(new PdfTokens(found.bytes, found.at, found.at + LARGEST_OBJECT));
  }

  #add(number: number, bytes: Uint8Array, at: number): void {
    if (number < 0 || this.#found.size >= MOST_OBJECTS) return;
    this.highest = Math.max(this.highest, number);
    this.#found.set(number, { bytes, at });
  }

  #addPacked(number: number): void {
    const bytes = this.contentOf(number);
    this.#left -= bytes?.byteLength ?? 0;
    if (bytes && this.#left >= 0) this.#addObjects(bytes, this.#read(number));
  }

  /**
   * Adds the objects of an object stream, which begins with pairs of an object number and an
   * offset.
   */
  #addObjects(bytes: Uint8Array, value: PdfValue | undefined): void {
    const dictionary = value instanceof Map ? value : new Map<string, PdfValue>();
    const first = dictionary.get("First");
    if (typeof first !== "number") return;
    const header = new PdfTokens(bytes, 0, Math.min(first, bytes.byteLength));
    for (let token = header.next(); token?.kind === "number"; token = header.next()) {
      const offset = header.next();
      if (offset?.kind !== "number") return;
      this.#add(Number(token.text), bytes, first + Number(offset.text));
    }
  }
}

/** Returns the offset after the last `startxref`. */
function tableAt(data: Uint8Array): number | undefined {
  const end = new TextDecoder("windows-1252").decode(data.subarray(-2_048));
  const offset = end
    .slice(Math.max(0, end.lastIndexOf("startxref")))
    .match(/^startxref\s{1,8}(\d{1,10})/);
  return offset ? Number(offset[1]) : undefined;
}

/** Undoes a filter; undefined for a filter of pictures, or if the output is too large. */
function unpackNamed(bytes: Uint8Array, name: string, early: 0 | 1): Uint8Array | undefined {
  const filter = filterNamed(name);
  if (!filter) return undefined;
  // Measured first, because unpacking allocates the whole limit for each stream.
  const isMeasured = isPacking(filter) && filter !== "flate";
  const limit = isMeasured ? unpackedSize(bytes, filter, MOST_UNPACKED) : MOST_UNPACKED;
  return limit > MOST_UNPACKED ? undefined : unpackFilter(bytes, filter, { limit, early });
}

/** Returns how early LZW codes become longer: the EarlyChange parameter. */
export function earlyChangeOf(parameters: PdfDictionary): 0 | 1 {
  return parameters.get("EarlyChange") === 0 ? 0 : 1;
}
