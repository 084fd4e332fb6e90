/** Converts a PDF picture (ISO 32000-2, section 8.9.5) to an image file. */
import { decodeFax, decodeJbig2 } from "../pictures/bilevel.ts";
import { decodeJpx } from "../pictures/jpx.ts";
import { LARGEST_RASTER, type Picture } from "../pictures/picture.ts";
import { encodePng, type Raster, rowSize } from "../pictures/png.ts";
import { unpackFilter } from "../pictures/unpack.ts";
import { coloursOf } from "./colours.ts";
import { earlyChangeOf, type FileObjects } from "./file-objects.ts";
import { filterNamed } from "./filters.ts";
import { isName, isReference, type PdfDictionary } from "./values.ts";

/** The packed bytes of a picture and its parameters. */
type Packed = {
  objects: FileObjects;
  dictionary: PdfDictionary;
  bytes: Uint8Array;
  filter: string | undefined;
  parameters: PdfDictionary;
};

/** Returns the picture; undefined for an unsupported encoding or colour space. */
export async function pictureOfStream(
  number: number,
  objects: FileObjects,
): Promise<Picture | undefined> {
  const packed = packedOf(number, objects);
  if (!packed) return undefined;
  const { filter, bytes } = packed;
  if (filter === "DCTDecode" || filter === "DCT") return { mediaType: "image/jpeg", bytes };
  if (filter === "JPXDecode") return jpxOf(bytes);
  const raster = filter === undefined ? await rasterOf(packed) : await bilevelOf(packed);
  return raster && encodePng(raster);
}

async function jpxOf(bytes: Uint8Array): Promise<Picture | undefined> {
  const raster = await decodeJpx(bytes);
  return raster && encodePng(raster);
}

/** Undoes all filters but that of the picture itself. */
function packedOf(number: number, objects: FileObjects): Packed | undefined {
  const dictionary = objects.dictionary({ reference: number });
  let bytes = objects.packedOf(number);
  const filters = objects.list(dictionary.get("Filter") ?? dictionary.get("F"));
  const parameters = objects.list(dictionary.get("DecodeParms") ?? dictionary.get("DP"));
  let last: PdfDictionary = new Map();
  for (const [index, filter] of filters.entries()) {
    const name = isName(filter) ? filter.name : "";
    last = objects.dictionary(parameters[index]);
    const general = filterNamed(name);
    if (!general) {
      return bytes && { objects, dictionary, bytes, filter: name, parameters: last };
    }
    const early = earlyChangeOf(last);
    bytes = bytes && unpackFilter(bytes, general, { limit: LARGEST_UNPACKED, early });
  }
  return bytes && { objects, dictionary, bytes, filter: undefined, parameters: last };
}

/** In bytes. Each row of samples may begin with a byte that selects its filter. */
const LARGEST_UNPACKED = LARGEST_RASTER + 100_000;

type Size = { width: number; height: number };

function sizeOf({ objects, dictionary }: Packed): Size {
  const side = (name: string, short: string) => {
    const value = objects.get(dictionary.get(name) ?? dictionary.get(short));
    return typeof value === "number" ? value : 0;
  };
  return { width: side("Width", "W"), height: side("Height", "H") };
}

/** Returns the row filter of the predictor; undefined for one that PNG does not have. */
function filterOf(parameters: PdfDictionary, bits: number): Raster["filter"] {
  const predictor = parameters.get("Predictor") ?? 1;
  if (predictor === 1) return 0;
  if (predictor === 2) return bits === 8 ? 1 : undefined;
  return "stored";
}

/** Returns unpacked samples. The predictor becomes a PNG filter. */
async function rasterOf(packed: Packed): Promise<Raster | undefined> {
  const colours = coloursOf(packed);
  const filter = filterOf(packed.parameters, colours?.bits ?? 0);
  if (!colours || filter === undefined) return undefined;
  const form = { ...sizeOf(packed), ...colours, filter };
  const size = rowSize(form) * form.height;
  if (size < 1 || size > LARGEST_RASTER) return undefined;
  return { ...form, rows: packed.bytes };
}

/** Decodes black-and-white pictures. */
async function bilevelOf(packed: Packed): Promise<Raster | undefined> {
  const size = sizeOf(packed);
  const isFax = packed.filter === "CCITTFaxDecode" || packed.filter === "CCF";
  const isJbig2 = packed.filter === "JBIG2Decode";
  if (!isFax && !isJbig2) return undefined;
  const rows = isFax ? await faxOf(packed, size) : await jbig2Of(packed, size);
  if (!rows) return undefined;
  const palette = coloursOf(packed)?.palette;
  return { ...size, bits: 1, channels: 1, rows, ...(palette && { palette }) };
}

async function faxOf({ bytes, parameters, objects }: Packed, size: Size) {
  const number = (name: string, otherwise: number) => {
    const value = objects.get(parameters.get(name));
    return typeof value === "number" ? value : otherwise;
  };
  const isTrue = (name: string) => {
    const value = objects.get(parameters.get(name));
    return typeof value === "object" && value !== null && "raw" in value && value.raw === "true";
  };
  return decodeFax(bytes, size, {
    k: number("K", 0),
    columns: number("Columns", 1_728),
    rows: number("Rows", 0),
    endOfLine: isTrue("EndOfLine"),
    isByteAligned: isTrue("EncodedByteAlign"),
    blackIs1: isTrue("BlackIs1"),
  });
}

async function jbig2Of({ bytes, parameters, objects }: Packed, size: Size) {
  const globals = parameters.get("JBIG2Globals");
  const shared = isReference(globals) ? objects.contentOf(globals.reference) : undefined;
  return decodeJbig2(bytes, size, shared);
}
