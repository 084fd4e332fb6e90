/**
 * Parses the central directory of a ZIP (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16), the only
 * list of its entries: local headers are never searched for. Every claimed size is checked against
 * the file, and the work is bounded: it reads the end of the file and one directory.
 */
import type { ByteSource } from "./byte-source.ts";

export type ZipEntry = {
  /** 0 for stored, 8 for deflated. */
  method: number;
  isEncrypted: boolean;
  compressedBytes: number;
  /** The offset of the local header. */
  headerAt: number;
};

/**
 * Entries by name, in lower case and without a leading slash. The first of two equal names wins.
 */
export type ZipDirectory = ReadonlyMap<string, ZipEntry>;

const MOST_ENTRIES = 10_000;
const LARGEST_DIRECTORY = 2 * 1024 * 1024;

const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const END64_SIGNATURE = 0x06064b50;
const END64_SIZE = 56;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_SIZE = 20;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_SIZE = 46;
const ZIP64_FIELD = 1;
/** Marks a value that is in the 64-bit field instead. */
const [IN_64_BITS, IN_64_BITS_SHORT] = [0xffffffff, 0xffff];
const ENCRYPTED = 1;

/** The claimed directory. `end`: the offset at which it must end. */
type DirectoryEnd = { entries: number; bytes: number; offset: number; end: number };

/** Returns the directory; undefined if it is missing, too large or inconsistent with the file. */
export async function readZipDirectory(source: ByteSource): Promise<ZipDirectory | undefined> {
  const found = await findEnd(source);
  if (!found || found.entries > MOST_ENTRIES || found.bytes > LARGEST_DIRECTORY) return undefined;
  const start = found.end - found.bytes;
  // Bytes before the archive, such as a self-extracting program, shift all offsets.
  const moved = start - found.offset;
  if (start < 0 || moved < 0) return undefined;
  return parseEntries(await source.read(start, found.bytes), found.entries, moved);
}

async function findEnd(source: ByteSource): Promise<DirectoryEnd | undefined> {
  const tailStart = Math.max(0, source.size - END_SIZE - LONGEST_COMMENT - LOCATOR_SIZE);
  const tail = viewOf(await source.read(tailStart, source.size - tailStart));
  const at = endRecordIn(tail);
  if (at === undefined) return undefined;
  const end = {
    entries: tail.getUint16(at + 10, true),
    bytes: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
    end: tailStart + at,
  };
  const isLarge =
    end.entries === IN_64_BITS_SHORT || end.bytes === IN_64_BITS || end.offset === IN_64_BITS;
  return isLarge ? readEnd64(source, end.end, tail, at - LOCATOR_SIZE) : end;
}

/**
 * Returns the offset of the record whose comment ends the file; otherwise of the last record before
 * appended bytes.
 */
function endRecordIn(tail: DataView): number | undefined {
  let appendedTo: number | undefined;
  for (let at = tail.byteLength - END_SIZE; at >= 0; at--) {
    if (tail.getUint8(at) !== 0x50 || tail.getUint32(at, true) !== END_SIGNATURE) continue;
    const end = at + END_SIZE + tail.getUint16(at + 20, true);
    if (end === tail.byteLength) return at;
    if (end < tail.byteLength) appendedTo ??= at;
  }
  return appendedTo;
}

/**
 * Reads the 64-bit record, which directly precedes the locator; the locator's own offset is
 * ignored.
 */
async function readEnd64(
  source: ByteSource,
  endAt: number,
  tail: DataView,
  locatorAt: number,
): Promise<DirectoryEnd | undefined> {
  if (locatorAt < 0 || tail.getUint32(locatorAt, true) !== LOCATOR_SIGNATURE) return undefined;
  const recordAt = endAt - LOCATOR_SIZE - END64_SIZE;
  if (recordAt < 0) return undefined;
  const record = viewOf(await source.read(recordAt, END64_SIZE));
  if (record.byteLength < END64_SIZE || record.getUint32(0, true) !== END64_SIGNATURE) {
    return undefined;
  }
  const [entries, bytes, offset] = [32, 40, 48].map((at) => Number(record.getBigUint64(at, true)));
  return { entries: entries ?? 0, bytes: bytes ?? 0, offset: offset ?? 0, end: recordAt };
}

function parseEntries(bytes: Uint8Array, count: number, moved: number): ZipDirectory | undefined {
  const view = viewOf(bytes);
  const directory = new Map<string, ZipEntry>();
  let at = 0;
  for (let number = 0; number < count; number++) {
    if (at + ENTRY_SIZE > view.byteLength || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      return undefined;
    }
    const nameEnd = at + ENTRY_SIZE + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    if (extraEnd > view.byteLength) return undefined;
    const name = nameOf(bytes.subarray(at + ENTRY_SIZE, nameEnd));
    const sizes = sizesOf(view, at, viewOf(bytes.subarray(nameEnd, extraEnd)));
    const entry = {
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & ENCRYPTED) !== 0,
      compressedBytes: sizes.compressed,
      headerAt: sizes.offset + moved,
    };
    if (!directory.has(name)) directory.set(name, entry);
    at = extraEnd + view.getUint16(at + 32, true);
  }
  return directory;
}

/** Part names are case-insensitive (ECMA-376 part 2, section 6.2.2). */
function nameOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll("\\", "/").replace(/^\//, "").toLowerCase();
}

/**
 * Returns sizes from the entry, or from its 64-bit field, which holds only the values that do not
 * fit.
 */
function sizesOf(view: DataView, at: number, extra: DataView) {
  const large = large64(extra);
  // The uncompressed size comes first in the 64-bit field and is skipped: the actual output is
  // counted.
  if (view.getUint32(at + 24, true) === IN_64_BITS) large.next();
  const [compressed = 0, offset = 0] = [at + 20, at + 42].map((field) => {
    const value = view.getUint32(field, true);
    return value === IN_64_BITS ? Number(large.next().value ?? value) : value;
  });
  return { compressed, offset };
}

function* large64(extra: DataView): Generator<bigint> {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === ZIP64_FIELD) {
      for (let field = at + 4; field + 8 <= Math.min(end, extra.byteLength); field += 8) {
        yield extra.getBigUint64(field, true);
      }
      return;
    }
    at = end;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
