/**
 * The parts of a ZIP that are asked for, as they are stored: no other is held, and none inflated before all
 * of the file was seen, since what explains a document stands behind it. Sizes that headers tell are not
 * believed; what comes out is counted.
 */
import { Inflate, Unzip, type UnzipDecoder, type UnzipFile } from "fflate";
import { ExtractionFailure } from "../failures.ts";
import { piecesOf } from "./pieces.ts";

/** A part as it is stored: deflated (8) or as it is (0). */
export type ZipPart = { method: number; chunks: Uint8Array[] };

const MOST_ENTRIES = 10_000;
/** Bytes of the parts together, as they are stored. */
const MOST_STORED = 12 * 1024 * 1024;
/** Bytes of the file that are looked through at once. */
const PIECE = 4 * 1024;
/** Bytes that are given to the inflater at once: they can come out a thousand times as many. */
const STEP = 1024;
/** Bytes that may go in while nothing comes out; a stored block is shorter. */
const LONGEST_SILENCE = 128 * 1024;

const STORED = 0;
const DEFLATED = 8;

/** Reads all of a ZIP, and keeps the parts that are wanted; of two of one name the first. */
export async function collectParts(
  body: AsyncIterable<Uint8Array>,
  isWanted: (name: string) => boolean,
): Promise<Map<string, ZipPart>> {
  const collector = new Collector(isWanted);
  for await (const { bytes, isLast } of piecesOf(body, PIECE)) collector.push(bytes, isLast);
  return collector.parts;
}

class Collector {
  readonly parts = new Map<string, ZipPart>();
  readonly #unzip: Unzip;
  readonly #isWanted: (name: string) => boolean;
  #entries = 0;
  #stored = 0;

  constructor(isWanted: (name: string) => boolean) {
    this.#isWanted = isWanted;
    this.#unzip = new Unzip((file) => this.#begin(file));
    this.#unzip.register(this.#keeperFor(STORED));
    this.#unzip.register(this.#keeperFor(DEFLATED));
  }

  push(bytes: Uint8Array, isLast: boolean): void {
    this.#unzip.push(bytes, isLast);
  }

  /** An entry that is not started would be held whole: those that are not wanted are thrown away. */
  #begin(file: UnzipFile): void {
    const isKnown = file.compression === STORED || file.compression === DEFLATED;
    if (++this.#entries > MOST_ENTRIES || !isKnown) throw new ExtractionFailure("damaged");
    file.ondata = () => {};
    file.start();
  }

  #keeperFor(method: number) {
    const begin = (name: string) => this.#keep(name, method);
    return class implements UnzipDecoder {
      static readonly compression = method;
      readonly ondata = () => {};
      readonly push: (bytes: Uint8Array) => void;

      constructor(name: string) {
        this.push = begin(name);
      }
    };
  }

  #keep(name: string, method: number): (bytes: Uint8Array) => void {
    if (!this.#isWanted(name) || this.parts.has(name)) return () => {};
    const part: ZipPart = { method, chunks: [] };
    this.parts.set(name, part);
    return (bytes) => {
      this.#stored += bytes.byteLength;
      if (this.#stored > MOST_STORED) throw new ExtractionFailure("too_large");
      part.chunks.push(bytes.slice());
    };
  }
}

/** Counts what comes out of the parts of one document. */
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

/** The bytes of a part, inflated step by step. */
export function* inflatePart(part: ZipPart, counted: InflatedBytes): Generator<Uint8Array> {
  const inflated: Uint8Array[] = [];
  const inflate = new Inflate((bytes) => void inflated.push(bytes));
  let silence = 0;
  for (const chunk of stepsOf(part.chunks)) {
    if (part.method === STORED) inflated.push(chunk);
    else inflate.push(chunk);
    const size = inflated.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    counted.count(size);
    silence = size > 0 ? 0 : silence + chunk.byteLength;
    // Behind the end of the data all that follows would be gathered, and copied with each step.
    if (silence > LONGEST_SILENCE) throw new ExtractionFailure("damaged");
    yield* inflated.splice(0);
  }
}

function* stepsOf(chunks: Uint8Array[]): Generator<Uint8Array> {
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.byteLength; from += STEP) {
      yield chunk.subarray(from, from + STEP);
    }
  }
}
