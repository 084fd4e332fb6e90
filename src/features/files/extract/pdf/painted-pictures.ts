/** Which pictures a page of a PDF paints. */
import type { FileObjects } from "./file-objects.ts";
import { objectsReferredIn, resourcesOf } from "./page-objects.ts";
import { PdfTokens } from "./tokens.ts";
import { isNamed, isReference, type PdfDictionary } from "./values.ts";

const MOST_FORMS = 200;
const MOST_TOKENS = 2_000_000;

/** The width and height of a picture in pixels; 0 where it does not say. */
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

/** Pixels that a scan of a page has at least: A4 at 75 dots per inch. */
const LEAST_OF_SCAN = 500_000;
/** How far the proportions of a scan are from those of its page, at most. */
const MOST_DIFFERENT = 0.1;

/** True for a page of these measures that paints a picture of its own proportions: a scan of all of it. */
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

/** Walks through the content of a page and of the forms that it paints. */
export class PaintedPictures {
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
