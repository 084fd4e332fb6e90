/** Decodes the pictures of TIFF files, which are packed as in PDF, in strips of rows. */
import { concatBytes } from "../../../../lib/bytes.ts";
import { ExtractionFailure } from "../../failures.ts";
import { decodeFax } from "./bilevel.ts";
import { LARGEST_RASTER, type Picture } from "./picture.ts";
import { encodePng, invertedGreys, type Raster, rowSize } from "./png.ts";
import { isLittleEndian, pagesOfTiff, TAG, type TiffPage } from "./tiff-pages.ts";
import { inflate, type Unpack, unpackLzw, unpackRuns } from "./unpack.ts";

/** Values of the compression tag. */
const FAX_G3 = 3;
const FAX_G4 = 4;
const JPEG = 7;
const UNPACK: Record<number, Unpack> = {
  1: (bytes) => bytes,
  5: unpackLzw,
  8: inflate,
  32946: inflate,
  32773: unpackRuns,
};

/** Values of the photometric tag. */
const [WHITE_IS_0, PALETTE, CMYK] = [0, 3, 5];

/**
 * Returns the picture of a page, counted from 1; undefined for an unsupported encoding. Throws
 * `ExtractionFailure`.
 */
export async function pictureOfTiff(
  file: Uint8Array,
  number: number,
): Promise<Picture | undefined> {
  const page = pagesOfTiff(file)[number - 1];
  if (!page) throw new ExtractionFailure("damaged");
  const compression = first(page, TAG.compression, 1);
  const strips = stripsOf(file, page);
  if (page.has(TAG.tileWidth) || first(page, TAG.planes, 1) !== 1 || !strips) return undefined;
  if (compression === JPEG) return jpegOf(page, strips);
  const raster = rasterOf(page);
  const rows = raster && (await rowsOf(page, raster, strips));
  if (!raster || !rows) return undefined;
  if (raster.bits === 16 && isLittleEndian(file)) swapBytes(rows);
  return encodePng({ ...raster, rows });
}

function first(page: TiffPage, tag: number, otherwise: number): number {
  return page.get(tag)?.[0] ?? otherwise;
}

function stripsOf(file: Uint8Array, page: TiffPage): Uint8Array[] | undefined {
  const [offsets, sizes] = [page.get(TAG.stripOffsets), page.get(TAG.stripSizes)];
  if (!offsets || offsets.length === 0) return undefined;
  return offsets.map((offset, index) => file.subarray(offset, offset + (sizes?.[index] ?? 0)));
}

/** Returns a JPEG of one strip, with the tables that pictures of a file may share. */
function jpegOf(page: TiffPage, [strip, ...others]: Uint8Array[]): Picture | undefined {
  if (!strip || others.length > 0 || strip.byteLength < 4) return undefined;
  const tables = Uint8Array.from(page.get(TAG.jpegTables) ?? []);
  // The tables are enclosed in their own start and end markers.
  const bytes =
    tables.byteLength > 4 ? concatBytes([tables.subarray(0, -2), strip.subarray(2)]) : strip;
  return { mediaType: "image/jpeg", bytes };
}

type Form = Omit<Raster, "rows">;

/**
 * Returns the layout of the pixels; undefined if they are too large or use an unsupported
 * predictor.
 */
function rasterOf(page: TiffPage): Form | undefined {
  if (first(page, TAG.photometric, 1) === CMYK) return undefined;
  const bits = first(page, TAG.bits, 1);
  const form = {
    width: first(page, TAG.width, 0),
    height: first(page, TAG.height, 0),
    bits,
    channels: first(page, TAG.samples, 1),
  };
  const size = rowSize(form) * form.height;
  if (size < 1 || size > LARGEST_RASTER) return undefined;
  const hasSums = first(page, TAG.predictor, 1) === 2;
  // Differences of bytes are a PNG filter too.
  if (hasSums && bits !== 8) return undefined;
  const palette = paletteOf(page, form);
  return { ...form, ...(palette && { palette }), ...(hasSums && { filter: 1 as const }) };
}

function paletteOf(page: TiffPage, { bits, channels }: Form): Uint8Array | undefined {
  const meaning = first(page, TAG.photometric, 1);
  if (meaning === WHITE_IS_0 && channels === 1 && bits <= 8 && !isFax(page)) {
    return invertedGreys(bits);
  }
  if (meaning !== PALETTE || channels !== 1 || bits > 8) return undefined;
  const colours = page.get(TAG.colours) ?? [];
  const count = 2 ** bits;
  const colour = (index: number) =>
    [0, 1, 2].map((plane) => (colours[plane * count + index] ?? 0) >> 8);
  return Uint8Array.from(Array.from({ length: count }, (_, index) => colour(index)).flat());
}

function isFax(page: TiffPage): boolean {
  const compression = first(page, TAG.compression, 1);
  return compression === FAX_G3 || compression === FAX_G4;
}

async function rowsOf(
  page: TiffPage,
  form: Form,
  strips: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  const height = Math.min(first(page, TAG.rowsPerStrip, form.height), form.height);
  const rows = new Uint8Array(rowSize(form) * form.height).fill(form.palette ? 0 : 0xff);
  const size = rowSize(form) * height;
  for (const [index, strip] of strips.entries()) {
    const left = rows.byteLength - index * size;
    if (left <= 0) break;
    const part = { ...form, height: Math.min(height, left / rowSize(form)) };
    const unpacked = await unpackStrip(page, part, strip);
    if (!unpacked) return undefined;
    rows.set(unpacked.subarray(0, left), index * size);
  }
  return rows;
}

async function unpackStrip(
  page: TiffPage,
  form: Form,
  strip: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (!isFax(page)) {
    const unpack = UNPACK[first(page, TAG.compression, 1)];
    return unpack?.(strip, rowSize(form) * form.height);
  }
  const options = first(page, TAG.faxOptions, 0);
  const isGroup4 = first(page, TAG.compression, FAX_G4) === FAX_G4;
  const data = first(page, TAG.fillOrder, 1) === 2 ? strip.map(reversed) : strip;
  return decodeFax(data, form, {
    k: isGroup4 ? -1 : options & 1,
    columns: form.width,
    rows: form.height,
    endOfLine: false,
    isByteAligned: (options & 4) !== 0,
    blackIs1: first(page, TAG.photometric, WHITE_IS_0) !== WHITE_IS_0,
  });
}

/** Reverses the bit order of a byte. */
function reversed(byte: number): number {
  let turned = 0;
  for (let bit = 0; bit < 8; bit++) turned |= ((byte >> bit) & 1) << (7 - bit);
  return turned;
}

function swapBytes(rows: Uint8Array): void {
  for (let at = 0; at + 1 < rows.byteLength; at += 2) {
    [rows[at], rows[at + 1]] = [rows[at + 1] ?? 0, rows[at] ?? 0];
  }
}
