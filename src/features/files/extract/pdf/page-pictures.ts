/** The pictures that a page of a PDF paints, for pages that have no text. */
import type { Source } from "../byte-source.ts";
import { LARGEST_PICTURE, type Picture } from "../pictures/picture.ts";
import { refuseBombs } from "./bombs.ts";
import { closePdf, holdPdf, openPdf } from "./document.ts";
import { FileObjects } from "./file-objects.ts";
import { PaintedPictures, sizeOfPicture } from "./painted-pictures.ts";
import { pictureOfStream } from "./picture-stream.ts";

/** A scanner may divide a page into strips; a page of more pictures is none that a scanner made. */
const MOST_PICTURES = 32;
/** Pictures below this part of the largest one are no part of a scan, but lines and marks. */
const LEAST_AREA = 1 / 100;

/**
 * The pictures of a page, from 1, in the order in which they are painted. Undefined where one of them cannot
 * be decoded or is too large, or there are too many: part of a page must not pass for all of it. Throws what
 * the opening of the document throws.
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

/** The number of the object that is the page, as pdf.js finds it. */
async function objectOfPage(data: Uint8Array, page: number): Promise<number | undefined> {
  // pdf.js takes the bytes, and pictures are erased in what it gets.
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
