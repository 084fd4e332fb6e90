/** Encodes pixels as PNG (https://www.w3.org/TR/png-3/). */
import { concatBytes } from "../../../../lib/bytes.ts";
import { crc32 } from "node:zlib";
import { ascii } from "../byte-search.ts";
import type { Picture } from "./picture.ts";

export type Raster = {
  width: number;
  height: number;
  /** Bits per sample. */
  bits: number;
  /** Samples per pixel: grey, grey and alpha, RGB, or RGB and alpha. */
  channels: number;
  /** Row by row, each padded to whole bytes; missing rows at the end are white. */
  rows: Uint8Array;
  /** The PNG filter type of all rows; `stored` if each row begins with its own. */
  filter?: 0 | 1 | "stored";
  /** The RGB value of each sample value. */
  palette?: Uint8Array;
};

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOUR_TYPES = [0, 0, 4, 2, 6];
const PALETTE_TYPE = 3;
const DEPTHS = new Set([1, 2, 4, 8, 16]);
const LARGEST_PALETTE = 3 * 256;

/** Returns the size of a row in bytes. */
export function rowSize({ width, bits, channels }: Omit<Raster, "rows">): number {
  return Math.ceil((width * bits * channels) / 8);
}

/** Returns the PNG; undefined for samples that the format does not support. */
export async function encodePng(raster: Raster): Promise<Picture | undefined> {
  const { bits, channels, palette } = raster;
  const isGrey = channels === 1;
  const hasType = DEPTHS.has(bits) && channels >= 1 && channels <= 4 && (isGrey || bits >= 8);
  if (!hasType || (palette && (!isGrey || bits > 8))) return undefined;
  const lines = await deflated(raster);
  const chunks = [
    chunk("IHDR", header(raster)),
    ...(palette ? [chunk("PLTE", palette.subarray(0, LARGEST_PALETTE))] : []),
    chunk("IDAT", lines),
    chunk("IEND", new Uint8Array(0)),
  ];
  return { mediaType: "image/png", bytes: concatBytes([SIGNATURE, ...chunks]) };
}

/** Returns a palette of greys from white to black, for samples with 0 as white. */
export function invertedGreys(bits: number): Uint8Array {
  const highest = 2 ** bits - 1;
  const greys = Array.from({ length: highest + 1 }, (_, value) =>
    Math.round((255 * (highest - value)) / highest),
  );
  return Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey]));
}

function header({ width, height, bits, channels, palette }: Raster): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes[8] = bits;
  bytes[9] = palette ? PALETTE_TYPE : (COLOUR_TYPES[channels] ?? 0);
  return bytes;
}

/** Rows that are packed at once, so that a large picture is not buffered twice. */
const ROWS_AT_ONCE = 64;

async function deflated(raster: Raster): Promise<Uint8Array> {
  const { readable, writable } = new CompressionStream("deflate");
  const packed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  for (let y = 0; y < raster.height; y += ROWS_AT_ONCE) {
    await writer.write(scanlines(raster, y, Math.min(raster.height, y + ROWS_AT_ONCE)));
  }
  await writer.close();
  return new Uint8Array(await packed);
}

/** Returns some of the rows, each after its filter type. */
function scanlines(raster: Raster, from: number, to: number): Uint8Array<ArrayBuffer> {
  const { rows, filter = 0, palette } = raster;
  const size = rowSize(raster);
  const lines = new Uint8Array((to - from) * (size + 1)).fill(palette ? 0 : 0xff);
  if (filter === "stored") {
    lines.fill(0);
    lines.set(rows.subarray(from * (size + 1), to * (size + 1)));
    return lines;
  }
  for (let y = from; y < to; y++) {
    const at = (y - from) * (size + 1);
    lines[at] = filter;
    lines.set(rows.subarray(y * size, (y + 1) * size), at + 1);
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.byteLength);
  bytes.set(ascii(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.byteLength, crc32(bytes.subarray(4, 8 + data.byteLength)));
  return bytes;
}
