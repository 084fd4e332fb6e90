/**
 * What of a PDF would take more memory than there is: pdf.js holds all that it inflates, and walks through
 * all pages before it tells how many there are. So both are looked for before it sees the file. What is
 * packed in other ways, encrypted or written in escapes is not found.
 */
import { ExtractionFailure } from "../failures.ts";
import { placesOf, streamsOf } from "./pdf-streams.ts";
import { InflatedBytes, inflatePart } from "./zip.ts";

/** Bytes of one inflated stream. The content of a page of dense text has about 20,000. */
const LARGEST_STREAM = 24_000_000;
/** Bytes of an inflated table of objects: of those there can be a million then. */
const LARGEST_TABLE = 5_000_000;
/** Deflated data comes out at most so many times as large. */
const LARGEST_RATIO = 1_032;
/** Pages that pdf.js has room to walk through. Whether they are too many is asked of it. */
const MOST_COUNTED = 20_000;

/** Throws where a file is too large once it is opened. Pictures are never inflated, so they may be large. */
export function refuseBombs(data: Uint8Array): void {
  refuseCounts(data);
  const objects = new InflatedBytes(LARGEST_STREAM);
  for (const { dictionary, bytes } of streamsOf(data)) {
    if (/\/Subtype\s*\/Image\b/.test(dictionary)) continue;
    const packings = dictionary.match(/\/(?:FlateDecode|Fl|LZWDecode|LZW)\b/g)?.length ?? 0;
    if (packings > 1) throw new ExtractionFailure("too_large");
    if (!isZlib(bytes)) continue;
    if (/\/ObjStm\b/.test(dictionary)) eachInflated(bytes, objects, refuseCounts);
    else refuseLarge(bytes, /\/XRef\b/.test(dictionary) ? LARGEST_TABLE : LARGEST_STREAM);
  }
}

function refuseLarge(bytes: Uint8Array, limit: number): void {
  if (bytes.byteLength * LARGEST_RATIO <= limit) return;
  eachInflated(bytes, new InflatedBytes(limit), () => {});
}

function eachInflated(
  bytes: Uint8Array,
  counted: InflatedBytes,
  use: (inflated: Uint8Array) => void,
): void {
  const deflated = { method: 8, bytes: bytes.subarray(2) };
  try {
    for (const inflated of inflatePart(deflated, counted)) use(inflated);
  } catch (error) {
    // What cannot be inflated ends somewhere, and pdf.js takes what comes until then.
    if (error instanceof ExtractionFailure && error.code !== "damaged") throw error;
  }
}

const COUNT = Uint8Array.from("/Count", (char) => char.charCodeAt(0));

/** The tree of pages says how many it has; an outline has as many entries in no document for people. */
function refuseCounts(data: Uint8Array): void {
  for (const at of placesOf(COUNT, data)) {
    const from = at + COUNT.byteLength;
    const said = new TextDecoder("windows-1252").decode(data.subarray(from, from + 16));
    const count = Number(/^\s+(\d+)/.exec(said)?.[1] ?? 0);
    if (count > MOST_COUNTED) throw new ExtractionFailure("too_many_pages");
  }
}

/** By the header of RFC 1950, without which pdf.js inflates nothing either. */
function isZlib(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
