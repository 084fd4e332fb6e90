/** Finds the streams of a PDF by scanning its bytes, referenced or not. */
import { ExtractionFailure } from "../../failures.ts";
import { ascii, positionsOf, standsAt } from "../byte-search.ts";
import { type Dictionary, type PdfObject, readObject } from "./objects.ts";
import { PdfTokens } from "./tokens.ts";

/** The declared packing of a stream, and the offsets of its data in the file. */
export type PdfStream = Packing & {
  /** Its object number; -1 if unknown. */
  number: number;
  start: number;
  end: number;
};

type Packing = {
  isPicture: boolean;
  /**
   * True for streams that text extraction does not need: font programs, colour profiles,
   * attachments.
   */
  isNeedless: boolean;
  /** Decided by the keys that PDF parsers check, not by its declared type. */
  isTable: boolean;
  isObjectStream: boolean;
  /** In order; undefined if they are a separate object that is missing. */
  filters: string[] | undefined;
  /** In bits, of the row that a filter's predictor uses; 0 without a predictor. */
  rowBits: number;
};

export type PdfObjects = {
  streams: PdfStream[];
  /** Lists of object numbers, such as those of a page's contents. */
  arrays: number[][];
  /** The largest declared count. */
  mostCount: number;
  fields: number;
  longestList: number;
  /** True if characters of a font may have no Unicode mapping. */
  hasFontOfCodes: boolean;
  /** True if streams are encrypted, also under an empty password. */
  isEncrypted: boolean;
};

/** In bytes; fits a page tree that lists every page. */
const LONGEST_OBJECT = 4 * 1024 * 1024;
/**
 * Objects may begin inside others. This bounds how often all bytes are parsed and all streams
 * visited.
 */
const MOST_READINGS = 3;

const OBJ = ascii("obj");
const STREAM = ascii("stream");
const TRAILER = ascii("trailer");
const END_STREAM = ascii("endstream");

/**
 * The most streams, joined arrays and number objects; more than any document written for people
 * has.
 */
const MOST_FOUND = 100_000;
/** Objects with one number; most parsers use the last. */
const MOST_OF_ONE = 8;

type Begun = {
  number: number;
  start: number;
  packing: Packing;
  length: SaidLength;
  /** Object numbers of its filters. */
  filterObjects: number[];
};

/** The declared length, or the number of the object that holds it. */
type SaidLength = { value: number; isReference: boolean; keyAt: number | undefined };

/**
 * Returns every byte sequence that starts like an object. If the length of a stream is missing from
 * the file, its key is invalidated in place, so that every parser searches for the end of the
 * stream. Throws `damaged` for objects that never end, and `too_large` for too many.
 */
export function objectsIn(data: Uint8Array): PdfObjects {
  const begun: Begun[] = [];
  const lengths = new Map<number, number[]>();
  const names = new Map<number, string[]>();
  const arrays: number[][] = [];
  let [mostCount, fields, longestList] = [0, 0, 0];
  let [isEncrypted, hasFontOfCodes] = [false, false];
  const budget = new Budget(data.byteLength);
  for (const at of positionsOf(OBJ, data)) {
    const tokens = new PdfTokens(data, at + OBJ.byteLength, at + LONGEST_OBJECT);
    const object = readObject(tokens);
    budget.spend(tokens.at - at);
    arrays.push(...object.arrays);
    mostCount = Math.max(mostCount, object.mostCount);
    longestList = Math.max(longestList, object.longestList);
    fields += object.fields;
    isEncrypted ||= object.isEncrypted;
    hasFontOfCodes ||= object.hasFontOfCodes;
    const number = numberBefore(data, at);
    const { dictionary, integer } = object;
    if (integer !== undefined) keepLength(lengths, number, integer);
    if (object.names.length > 0) keepNames(names, number, object.names);
    const start = dictionary && streamStart(data, tokens);
    if (dictionary && start !== undefined) {
      const [packing, length] = [toPacking(dictionary), lengthOf(dictionary)];
      begun.push({ number, start, packing, length, filterObjects: filterObjectsOf(dictionary) });
    }
    const found = [begun.length, arrays.length, lengths.size, names.size];
    if (Math.max(...found) > MOST_FOUND) throw new ExtractionFailure("too_large");
  }
  isEncrypted ||= trailersIn(data, budget).some((trailer) => trailer.isEncrypted);
  for (const stream of begun) resolveFilters(stream, names);
  const streams = ended(data, begun, lengths);
  return { streams, arrays, mostCount, fields, longestList, isEncrypted, hasFontOfCodes };
}

function trailersIn(data: Uint8Array, budget: Budget): PdfObject[] {
  return [...positionsOf(TRAILER, data)].map((at) => {
    const tokens = new PdfTokens(data, at + TRAILER.byteLength, at + LONGEST_OBJECT);
    const trailer = readObject(tokens);
    budget.spend(tokens.at - at);
    return trailer;
  });
}

function keepLength(lengths: Map<number, number[]>, number: number, length: number): void {
  const known = lengths.get(number) ?? [];
  if (known.length < MOST_OF_ONE) lengths.set(number, [...known, length]);
}

/** Drops an object with two different versions: a parser may use either. */
function keepNames(known: Map<number, string[]>, number: number, names: string[]): void {
  const before = known.get(number);
  known.set(number, before === undefined || before.join(" ") === names.join(" ") ? names : []);
}

function filterObjectsOf({ references }: Dictionary): number[] {
  return [...(references.get("Filter") ?? []), ...(references.get("F") ?? [])];
}

function resolveFilters({ packing, filterObjects }: Begun, names: Map<number, string[]>): void {
  const [only = -1] = filterObjects;
  const found = filterObjects.length === 1 ? names.get(only) : undefined;
  if (packing.filters === undefined && found && found.length > 0) packing.filters = found;
}

function lengthOf({ numbers, references, lengthAt }: Dictionary): SaidLength {
  const value = numbers.get("Length")?.[0] ?? -1;
  return { value, isReference: references.has("Length"), keyAt: lengthAt };
}

class Budget {
  #left: number;

  constructor(sizeBytes: number) {
    this.#left = sizeBytes * MOST_READINGS + LONGEST_OBJECT;
  }

  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ExtractionFailure("damaged");
  }
}

function ended(data: Uint8Array, begun: Begun[], lengths: Map<number, number[]>): PdfStream[] {
  const ends = Uint32Array.from(positionsOf(END_STREAM, data));
  const budget = new Budget(data.byteLength);
  return begun.map(({ number, start, packing, length: { value, isReference, keyAt } }) => {
    const said = isReference ? lengths.get(value) : [value];
    if (!said && keyAt !== undefined) data[keyAt + 1] = UNREADABLE;
    const valid = (said ?? []).filter((length) => hasEndAt(data, start + length));
    const end = valid.length > 0 ? start + Math.max(...valid) : nextEnd(ends, start, data);
    budget.spend(end - start);
    return { ...packing, number, start, end };
  });
}

const UNREADABLE = 0x58;

/** Blanks that may precede `endstream`. */
const MOST_BLANKS = 16;

function hasEndAt(data: Uint8Array, at: number): boolean {
  if (!Number.isSafeInteger(at) || at < 0) return false;
  for (let blanks = 0; blanks < MOST_BLANKS; blanks++) {
    if (standsAt(END_STREAM, data, at + blanks)) return true;
  }
  return false;
}

/** Returns the first of the ascending ends after an offset. */
function nextEnd(ends: Uint32Array, start: number, data: Uint8Array): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return ends[low] ?? data.byteLength;
}

const NEEDLESS = new Set(["Type1C", "CIDFontType0C", "OpenType", "Metadata", "EmbeddedFile"]);

function toPacking(dictionary: Dictionary): Packing {
  const { names, numbers, references } = dictionary;
  const filters = [...(names.get("Filter") ?? []), ...(names.get("F") ?? [])];
  const isIndirect = references.has("Filter") || references.has("F");
  const most = (key: string) => Math.max(...(numbers.get(key) ?? [1]));
  const rowBits = most("Columns") * most("Colors") * most("BitsPerComponent");
  return {
    isTable: numbers.has("W"),
    isObjectStream: numbers.has("First") && numbers.has("N"),
    isPicture: names.get("Subtype")?.[0] === "Image",
    isNeedless: isNeedless(dictionary),
    filters: isIndirect ? undefined : filters,
    rowBits: numbers.has("Columns") ? rowBits : 0,
  };
}

function isNeedless({ names, numbers }: Dictionary): boolean {
  const kinds = [names.get("Type")?.[0] ?? "", names.get("Subtype")?.[0] ?? ""];
  const isProfile = numbers.has("N") && !numbers.has("First");
  return numbers.has("Length1") || isProfile || kinds.some((kind) => NEEDLESS.has(kind));
}

function streamStart(data: Uint8Array, tokens: PdfTokens): number | undefined {
  tokens.skipBlanks();
  if (!standsAt(STREAM, data, tokens.at)) return undefined;
  return afterLineEnd(data, tokens.at + STREAM.byteLength);
}

function afterLineEnd(data: Uint8Array, at: number): number {
  const from = at + (data[at] === 0x0d ? 1 : 0);
  return from + (data[from] === 0x0a ? 1 : 0);
}

/** Returns the number before `0 obj`; -1 without one. */
export function numberBefore(data: Uint8Array, at: number): number {
  const before = String.fromCharCode(...data.subarray(Math.max(0, at - 32), at));
  return Number(/(\d{1,10})\s+\d{1,5}\s*$/.exec(before)?.[1] ?? -1);
}
