/** Decodes the encodings of black-and-white pages with PDFium's decoders from pdf.js. */
import type { Bilevel } from "pdfjs-dist/wasm/jbig2_nowasm_fallback.js";
import { LARGEST_RASTER } from "./picture.ts";

type Size = { width: number; height: number };

/** Parameters of CCITT fax (ISO 32000-2, table 11). */
type FaxParameters = {
  /** Below 0: group 4; 0: group 3; above 0: two-dimensional group 3. */
  k: number;
  columns: number;
  rows: number;
  endOfLine: boolean;
  isByteAligned: boolean;
  blackIs1: boolean;
};

/** Returns rows of one bit per pixel, 0 for black; undefined if the data cannot be decoded. */
export async function decodeFax(
  data: Uint8Array,
  { width, height }: Size,
  { k, columns, rows, endOfLine, isByteAligned, blackIs1 }: FaxParameters,
): Promise<Uint8Array | undefined> {
  return decodeWith({ width: Math.max(width, columns), height }, [data], (module, [at = 0]) => {
    const flags = [endOfLine, isByteAligned, blackIs1].map(Number) as [number, number, number];
    module._ccitt_decode(at, data.byteLength, width, height, k, ...flags, columns, rows);
  });
}

/** Returns rows of one bit per pixel, 0 for black; undefined if the data cannot be decoded. */
export async function decodeJbig2(
  data: Uint8Array,
  size: Size,
  globals: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array | undefined> {
  return decodeWith(size, [data, globals], (module, [at = 0, globalsAt = 0]) => {
    const { width, height } = size;
    module._jbig2_decode(at, data.byteLength, width, height, globalsAt, globals.byteLength);
  });
}

/** Instantiates a module per picture, because its memory grows and never shrinks. */
async function decodeWith(
  { width, height }: Size,
  inputs: readonly Uint8Array[],
  decode: (module: Bilevel, addresses: number[]) => void,
): Promise<Uint8Array | undefined> {
  if (Math.ceil(width / 8) * height > LARGEST_RASTER) return undefined;
  const { default: load } = await import("pdfjs-dist/wasm/jbig2_nowasm_fallback.js");
  try {
    const module = await load({ print: ignore, printErr: ignore });
    const addresses = inputs.map((bytes) => put(module, bytes));
    decode(module, addresses);
    return module.imageData ? new Uint8Array(module.imageData) : undefined;
  } catch {
    // The decoder fails in many ways on damaged data. The page then stays without text.
    return undefined;
  }
}

function put(module: Bilevel, bytes: Uint8Array): number {
  if (bytes.byteLength === 0) return 0;
  const address = module._malloc(bytes.byteLength);
  module.writeArrayToMemory(bytes, address);
  return address;
}

function ignore(): void {}
