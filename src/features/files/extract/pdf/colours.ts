/** Maps the samples of a PDF picture (ISO 32000-2, section 8.6) to the colour types of PNG. */
import { invertedGreys, type Raster } from "../pictures/png.ts";
import type { FileObjects } from "./file-objects.ts";
import { isName, isReference, type PdfDictionary, type PdfValue } from "./values.ts";

type Colours = Pick<Raster, "bits" | "channels" | "palette">;

/** Samples per pixel by colour space name. */
const CHANNELS: Record<string, number> = {
  DeviceGray: 1,
  G: 1,
  CalGray: 1,
  DeviceRGB: 3,
  RGB: 3,
  CalRGB: 3,
};

/** Colour spaces of a single ink, in which 0 is white. */
const INKS = new Set(["Separation"]);

/**
 * Returns bits, channels and palette of a picture; undefined for colours that PNG cannot represent.
 */
export function coloursOf({
  objects,
  dictionary,
}: {
  objects: FileObjects;
  dictionary: PdfDictionary;
}): Colours | undefined {
  const value = (name: string, short: string) =>
    objects.get(dictionary.get(name) ?? dictionary.get(short));
  const isMask = isTrue(value("ImageMask", "IM"));
  const depth = value("BitsPerComponent", "BPC");
  const bits = isMask || typeof depth !== "number" ? 1 : depth;
  const space = isMask ? { name: "DeviceGray" } : value("ColorSpace", "CS");
  const decode = value("Decode", "D");
  const isInverted = Array.isArray(decode) && decode[0] === 1;
  const table = indexedOf(space, objects);
  if (table) return { bits, channels: 1, palette: table };
  const channels = channelsOf(space, objects);
  if (channels === undefined) return undefined;
  const isDark = isInverted !== INKS.has(familyOf(space, objects));
  if (!isDark) return { bits, channels };
  const canInvert = channels === 1 && bits <= 8;
  return canInvert ? { bits, channels, palette: invertedGreys(bits) } : undefined;
}

function isTrue(value: PdfValue): boolean {
  return typeof value === "object" && value !== null && "raw" in value && value.raw === "true";
}

function familyOf(space: PdfValue, objects: FileObjects): string {
  const family = Array.isArray(space) ? objects.get(space[0]) : space;
  return isName(family) ? family.name : "";
}

/** Returns the samples per pixel. A black-and-white picture may have no colour space. */
function channelsOf(space: PdfValue, objects: FileObjects): number | undefined {
  if (space === null) return 1;
  const family = familyOf(space, objects);
  if (INKS.has(family)) return 1;
  if (family !== "ICCBased" || !Array.isArray(space)) return CHANNELS[family];
  const count = objects.get(objects.dictionary(space[1]).get("N"));
  return count === 1 || count === 3 ? count : undefined;
}

/**
 * Returns the RGB value of each index; undefined for a space without a palette, or an unsupported
 * one.
 */
function indexedOf(space: PdfValue, objects: FileObjects): Uint8Array | undefined {
  if (!Array.isArray(space) || !/^(?:Indexed|I)$/.test(familyOf(space, objects))) return undefined;
  const [, base, , table] = space;
  const channels = channelsOf(objects.get(base), objects);
  const bytes = tableOf(table, objects);
  if (!bytes || channels === undefined) return undefined;
  if (channels === 3) return bytes;
  return Uint8Array.from([...bytes.subarray(0, 256)].flatMap((grey) => [grey, grey, grey]));
}

function tableOf(table: PdfValue | undefined, objects: FileObjects): Uint8Array | undefined {
  if (isReference(table)) return objects.contentOf(table.reference) ?? stringOf(objects.get(table));
  return stringOf(table ?? null);
}

/** Decodes a hexadecimal string; undefined for any other value and for a truncated string. */
function stringOf(value: PdfValue): Uint8Array | undefined {
  const isString = typeof value === "object" && value !== null && "raw" in value;
  if (!isString || !/^<[\da-f\s]{0,130}>$/i.test(value.raw)) return undefined;
  const digits = value.raw.replace(/[^\da-f]/gi, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
