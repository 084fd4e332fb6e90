/** The pictures that a page of a PDF paints, for pages that have no text. */
import type { Source } from "../byte-source.ts";
import { LARGEST_PICTURE, type Picture } from "../pictures/picture.ts";
import { refuseBombs } from "./bombs.ts";
import { closePdf, holdPdf, openPdf } from "./document.ts";
import { FileObjects } from "./file-objects.ts";
import { objectsReferredIn, resourcesOf } from "./page-objects.ts";
import { pictureOfStream } from "./picture-stream.ts";
import { PdfTokens } from "./tokens.ts";
import { isNamed, isReference, type PdfDictionary } from "./values.ts";

/** A scanner may divide a page into strips; a page of more pictures is none that a scanner made. */
const MOST_PICTURES = 32;
/** Pictures below this part of the largest one are no part of a scan, but lines and marks. */
const LEAST_AREA = 1 / 100;
const MOST_FORMS = 200;
const MOST_TOKENS = 2_000_000;

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
  const areas = new Map([...painted].map((number) => [number, areaOf(number, objects)]));
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

function areaOf(number: number, objects: FileObjects): number {
  const picture = objects.dictionary({ reference: number });
  const side = (name: string, short: string) => {
    const value = objects.get(picture.get(name) ?? picture.get(short));
    return typeof value === "number" ? value : 0;
  };
  return side("Width", "W") * side("Height", "H");
}

/** Walks through the content of a page and of the forms that it paints. */
class PaintedPictures {
  /** Undefined where pictures stand in the content itself, or it cannot be read. */
  readonly numbers: ReadonlySet<number> | undefined;
  readonly #objects: FileObjects;
  readonly #found = new Set<number>();
  #forms = 0;
  #tokens = 0;

  constructor(objects: FileObjects, pageNumber: number) {
    this.#objects = objects;
    const page = objects.dictionary({ reference: pageNumber });
    const resources = resourcesOf(page, objects);
    const contents = objectsReferredIn(page.get("Contents"), objects);
    const isRead = contents.every((number) => this.#read(number, resources));
    this.numbers = isRead ? this.#found : undefined;
  }

  /** False where not all is found. */
  #read(number: number, resources: PdfDictionary): boolean {
    const bytes = this.#objects.contentOf(number);
    if (!bytes) return false;
    const tokens = new PdfTokens(bytes, 0, bytes.byteLength);
    let name = "";
    for (let token = tokens.next(); token; token = tokens.next()) {
      if (++this.#tokens > MOST_TOKENS) return false;
      if (token.kind === "name") name = token.text;
      if (token.kind !== "word") continue;
      if (token.text === "BI") return false;
      if (token.text === "Do" && !this.#readObject(name, resources)) return false;
    }
    return true;
  }

  #readObject(name: string, resources: PdfDictionary): boolean {
    const value = this.#objects.dictionary(resources.get("XObject")).get(name);
    if (!isReference(value)) return true;
    const object = this.#objects.dictionary(value);
    if (isNamed(object.get("Subtype"), "Image")) {
      this.#found.add(value.reference);
      return true;
    }
    if (++this.#forms > MOST_FORMS) return false;
    const own = object.get("Resources");
    return this.#read(
      value.reference,
      own === undefined ? resources : this.#objects.dictionary(own),
    );
  }
}
