/** Facts about a page that pdf.js does not return: whether it shows pictures, and its fonts. */
import type { FileObjects } from "./file-objects.ts";
import { PdfTokens } from "./tokens.ts";
import { type FontTruth, truthOf } from "./unreadable.ts";
import { isNamed, isReference, type PdfDictionary, type PdfValue } from "./values.ts";

/** Page tree nodes above a page. */
const DEEPEST_PAGE = 64;
/** Forms of a page that are visited. */
const MOST_FORMS = 200;
/** Tokens of a page's content that are parsed. */
const MOST_TOKENS = 2_000_000;
/**
 * A page with so many shapes and no letter is text in outlines or a drawing, and needs
 * transcription.
 */
const MANY_SHAPES = 200;

const PAINTING = new Set(["f", "F", "f*", "B", "B*", "b", "b*", "S", "s"]);

export class PageObjects {
  readonly #objects: FileObjects;
  readonly #page: PdfDictionary;
  #forms = 0;
  #shapes = 0;
  #tokens = 0;

  constructor(objects: FileObjects, pageNumber: number) {
    this.#objects = objects;
    this.#page = objects.dictionary({ reference: pageNumber });
  }

  /**
   * True for a page that paints pictures, or enough shapes to be outlined letters, and for a page
   * whose object is missing.
   */
  showsPictures(): boolean {
    if (this.#page.size === 0) return true;
    const contents = objectsReferredIn(this.#page.get("Contents"), this.#objects);
    return contents.some((number) => this.#paints(number, this.#resources()));
  }

  /** Returns, for each font of the page and of its forms, whether its text is Unicode. */
  fontTruths(): FontTruth[] {
    const fonts: PdfDictionary[] = [];
    this.#collectFonts(this.#resources(), fonts, 0);
    return fonts.map((font) => truthOf(font, this.#objects));
  }

  #resources(): PdfDictionary {
    return resourcesOf(this.#page, this.#objects);
  }

  #paints(number: number, resources: PdfDictionary): boolean {
    const bytes = this.#objects.contentOf(number);
    if (!bytes) return true;
    const tokens = new PdfTokens(bytes, 0, bytes.byteLength);
    let name = "";
    for (let token = tokens.next(); token; token = tokens.next()) {
      if (++this.#tokens > MOST_TOKENS) return true;
      if (token.kind === "name") name = token.text;
      if (token.kind === "word" && this.#isPainting(token.text, name, resources)) return true;
    }
    return false;
  }

  #isPainting(operator: string, name: string, resources: PdfDictionary): boolean {
    if (operator === "BI" || operator === "sh") return true;
    if (PAINTING.has(operator)) return ++this.#shapes >= MANY_SHAPES;
    return operator === "Do" && this.#paintsObject(name, resources);
  }

  #paintsObject(name: string, resources: PdfDictionary): boolean {
    const value = this.#objects.dictionary(resources.get("XObject")).get(name);
    const object = this.#objects.dictionary(value);
    if (!isReference(value) || isNamed(object.get("Subtype"), "Image")) return true;
    if (++this.#forms > MOST_FORMS) return true;
    const own = object.has("Resources")
      ? this.#objects.dictionary(object.get("Resources"))
      : resources;
    return this.#paints(value.reference, own);
  }

  #collectFonts(resources: PdfDictionary, fonts: PdfDictionary[], depth: number): void {
    for (const font of this.#objects.dictionary(resources.get("Font")).values()) {
      fonts.push(this.#objects.dictionary(font));
    }
    if (depth > 2) return;
    for (const form of this.#objects.dictionary(resources.get("XObject")).values()) {
      if (++this.#forms > MOST_FORMS) return;
      const own = this.#objects.dictionary(form).get("Resources");
      if (own !== undefined) this.#collectFonts(this.#objects.dictionary(own), fonts, depth + 1);
    }
  }
}

/** Returns the resources of a page, which may be inherited. */
export function resourcesOf(page: PdfDictionary, objects: FileObjects): PdfDictionary {
  let node = page;
  for (let depth = 0; depth < DEEPEST_PAGE && !node.has("Resources"); depth++) {
    node = objects.dictionary(node.get("Parent"));
  }
  return objects.dictionary(node.get("Resources"));
}

/** Returns the numbers of the objects that a value or an array refers to. */
export function objectsReferredIn(value: PdfValue | undefined, objects: FileObjects): number[] {
  const found = objects.get(value);
  if (Array.isArray(found))
    return found.flatMap((each) => (isReference(each) ? [each.reference] : []));
  return isReference(value) ? [value.reference] : [];
}
