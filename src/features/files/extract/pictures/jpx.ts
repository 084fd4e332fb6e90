/** Decodes JPEG 2000 with OpenJPEG from pdf.js. */
import type { Raster } from "./png.ts";

/** Samples to decode, which the decoder copies several times; larger pictures are halved. */
const MOST_SAMPLES = 6_000_000;
const MOST_HALVINGS = 5;

/** The size marker (ITU-T T.800, annex A.5.1), and the offset of the component count from it. */
const [SIZE_MARKER, COMPONENTS_AT] = [0xff51, 38];

/** Returns the pixels with 8 bits per sample; undefined if the data cannot be decoded. */
export async function decodeJpx(data: Uint8Array): Promise<Raster | undefined> {
  const size = sizeOfJpx(data);
  if (!size) return undefined;
  const halvings = halvingsOf(size);
  if (halvings > MOST_HALVINGS) return undefined;
  const [width, height] = [size.width, size.height].map((side) => Math.ceil(side / 2 ** halvings));
  const channels = size.components >= 3 ? 3 : 1;
  const rows = await decode(data, channels, halvings);
  if (!width || !height || rows?.byteLength !== width * height * channels) return undefined;
  return { width, height, bits: 8, channels, rows };
}

type JpxSize = { width: number; height: number; components: number };

function sizeOfJpx(data: Uint8Array): JpxSize | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = data.indexOf(0xff); at >= 0; at = data.indexOf(0xff, at + 1)) {
    if (at + COMPONENTS_AT + 2 > data.byteLength) return undefined;
    if (view.getUint16(at) !== SIZE_MARKER) continue;
    const side = (end: number) => view.getUint32(at + end) - view.getUint32(at + end + 8);
    return { width: side(6), height: side(10), components: view.getUint16(at + COMPONENTS_AT) };
  }
  return undefined;
}

function halvingsOf({ width, height, components }: JpxSize): number {
  const ratio = (width * height * components) / MOST_SAMPLES;
  return ratio > 1 ? Math.ceil(Math.log2(ratio) / 2) : 0;
}

async function decode(
  data: Uint8Array,
  channels: number,
  halvings: number,
): Promise<Uint8Array | undefined> {
  const { default: load } = await import("pdfjs-dist/wasm/openjpeg_nowasm_fallback.js");
  try {
    const module = await load({ print: ignore, printErr: ignore, warn: ignore });
    const address = module._malloc(data.byteLength);
    module.writeArrayToMemory(data, address);
    const failure = module._jp2_decode(address, data.byteLength, channels, 0, 0, halvings);
    return failure || !module.imageData ? undefined : new Uint8Array(module.imageData);
  } catch {
    // The decoder fails in many ways on damaged data. The page then stays without text.
    return undefined;
  }
}

function ignore(): void {}
