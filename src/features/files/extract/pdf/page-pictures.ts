/** Extracts the pictures that a PDF page paints, for pages without text. */
import type { Source } from "../byte-source.ts";
import { LARGEST_PICTURE, type Picture } from "../pictures/picture.ts";
import { refuseBombs } from "./bombs.ts";
import { closePdf, holdPdf, openPdf } from "./document.ts";
import { FileObjects } from "./file-objects.ts";
import { PaintedPictures, sizeOfPicture } from "./painted-pictures.ts";
import { pictureOfStream } from "./picture-stream.ts";

/** A scanner may cut a page into strips, but a page with more pictures is no scan. */
const MOST_PICTURES = 32;
/** Pictures smaller than this share of the largest one are lines and marks, not parts of a scan. */
const LEAST_AREA = 1 / 100;

/**
 * Returns the pictures of a page, counted from 1, in painting order. Undefined if one of them
 * cannot be decoded or is too large, or there are too many: part of a page must not pass for all of
 * it. Throws what opening the document throws.
 */
export async function picturesOfPdf(
  { size, stream }: Source,
  page: number,
): Promise<Picture[] | undefined> {
  const data = await holdPdf({ size, body: await stream() });
  const pageNumber = await objectOfPage(data, page);
  const pictures =
    pageNumber === undefined ? undefined : await picturesOf(new FileObjects(data), pageNumber);
  const bytes = pictures?.reduce((sum, picture) => sum + picture.bytes.byteLength, 0) ?? 0;
  return bytes > LARGEST_PICTURE ? undefined : pictures;
}

/** Returns the object number of the page, as pdf.js finds it. */
async function objectOfPage(data: Uint8Array, page: number): Promise<number | undefined> {
  // pdf.js takes ownership of the bytes, and the measuring erases pictures in them.
  const copy = data.slice();
  refuseBombs(copy);
  const document = await openPdf(copy, noCMap);
  try {
    return (await document.getPage(page)).ref?.num;
  } finally {
    await closePdf(document);
  }
}

async function noCMap(): Promise<Uint8Array> {
  throw new Error("pictures need no CMap");
}

async function picturesOf(
  objects: FileObjects,
  pageNumber: number,
): Promise<Picture[] | undefined> {
  const painted = new PaintedPictures(objects, pageNumber).numbers;
  if (!painted || painted.size > MOST_PICTURES) return undefined;
  const areas = new Map(
    [...painted].map((number) => [number, areaOf(sizeOfPicture(number, objects))]),
  );
  const least = Math.max(...areas.values()) * LEAST_AREA;
  const pictures: Picture[] = [];
  for (const [number, area] of areas) {
    if (area < least) continue;
    const picture = await pictureOfStream(number, objects);
    if (!picture) return undefined;
    pictures.push(picture);
  }
  return pictures.length > 0 ? pictures : undefined;
}

function areaOf({ width, height }: { width: number; height: number }): number {
  return width * height;
}
