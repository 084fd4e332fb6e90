/** Finds the pictures that a PDF page paints. */
import type { FileObjects } from "./file-objects.ts";
import { objectsReferredIn, resourcesOf } from "./page-objects.ts";
import { PdfTokens } from "./tokens.ts";
import { isNamed, isReference, type PdfDictionary } from "./values.ts";

const MOST_FORMS = 200;
const MOST_TOKENS = 2_000_000;

/** Returns width and height of a picture in pixels; 0 if undeclared. */
export function sizeOfPicture(
  number: number,
  objects: FileObjects,
): { width: number; height: number } {
  const picture = objects.dictionary({ reference: number });
  const side = (name: string, short: string) => {
    const value = objects.get(picture.get(name) ?? picture.get(short));
    return typeof value === "number" ? value : 0;
  };
  return { width: side("Width", "W"), height: side("Height", "H") };
}

/** The fewest pixels of a page scan: A4 at 75 dots per inch. */
const LEAST_OF_SCAN = 500_000;
/** The largest difference between the proportions of a scan and of its page. */
const MOST_DIFFERENT = 0.1;

/**
 * True if a page of these dimensions paints a picture of the same proportions: a scan of the whole
 * page.
 */
export function showsScan(
  objects: FileObjects,
  pageNumber: number,
  [left = 0, bottom = 0, right = 0, top = 0]: readonly number[],
): boolean {
  const ratio = (right - left) / (top - bottom);
  const painted = new PaintedPictures(objects, pageNumber).numbers ?? [];
  return [...painted].some((number) => {
    const { width, height } = sizeOfPicture(number, objects);
    const isAlike = [width / height, height / width].some(
      (own) => Math.abs(own / ratio - 1) <= MOST_DIFFERENT,
    );
    return width * height >= LEAST_OF_SCAN && isAlike;
  });
}

/** Walks the content of a page and of the forms that it paints. */
export class PaintedPictures {
  /** Object numbers of the pictures; undefined for inline pictures or unreadable content. */
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

  /** False if some pictures may be missing. */
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
