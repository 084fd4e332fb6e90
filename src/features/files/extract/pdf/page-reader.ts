/** Extracts the pages of an open PDF in order: their content, then fields and annotations. */
import { ExtractionFailure } from "../../failures.ts";
import type { PageWriter } from "../pages.ts";
import { PdfLines } from "../pdf-lines.ts";
import { itemsOf } from "./annotation-items.ts";
import { annotationsOf, isPaintedText } from "./annotations.ts";
import { appearancesOf } from "./appearances.ts";
import { FileObjects } from "./file-objects.ts";
import type { PdfItem } from "./items.ts";
import { PageObjects } from "./page-objects.ts";
import { showsScan } from "./painted-pictures.ts";
import { contentOf, type OpenPdf, type PdfDocument, type PdfPage } from "./document.ts";
import { looksCoded, type ReadableItems, withoutCodes } from "./unreadable.ts";

/** Runs of one page that are held until its fonts are checked. */
const MOST_HELD = 100_000;

/** The most characters of a stamp on a scanned page, such as a case header or a page number. */
const MOST_OF_STAMP = 200;

/** Ends the line that was painted last. */
const LINE_END: PdfItem = { str: "", transform: [], width: 0, height: 0, hasEOL: true };

/** The window of pages to write, and facts about the file. */
type ReadWindow = {
  fromPage: number;
  lastPage: number;
  hasFontOfCodes: boolean;
  open: OpenPdf;
};

type Loaded = { data: Uint8Array; objects: FileObjects };

export class PageReader {
  readonly #document: PdfDocument;
  readonly #writer: PageWriter;
  readonly #lines: PdfLines;
  readonly #hasFontOfCodes: boolean;
  readonly #open: OpenPdf;
  #loaded: Loaded | undefined;

  constructor(
    document: PdfDocument,
    writer: PageWriter,
    { hasFontOfCodes, open, ...window }: ReadWindow,
  ) {
    this.#document = document;
    this.#writer = writer;
    this.#lines = new PdfLines(writer, window);
    this.#hasFontOfCodes = hasFontOfCodes;
    this.#open = open;
  }

  /** Writes the text of a page, counts characters without Unicode, and marks a scan. */
  async read(page: PdfPage): Promise<void> {
    const content = this.#hasFontOfCodes ? this.#judged(page) : this.#unjudged(page);
    let [unreadable, characters] = [0, 0];
    for await (const { items, unreadable: count } of content) {
      unreadable += count;
      for (const { str } of items) characters += str.trim().length;
      this.#lines.add(items);
    }
    this.#lines.add([LINE_END, ...(await this.#annotationsOf(page))]);
    const isScanned = await this.#isScanned(page, characters);
    const write = () => {
      this.#writer.countUnreadable(unreadable);
      if (isScanned) this.#writer.markScanned();
    };
    this.#lines.endPage({ box: page.view, write });
    page.cleanup();
  }

  /** Writes the pages that wait for the pages after them. */
  end(): void {
    this.#lines.end();
  }

  /** True for a scan, also for one on which a court or an archive has stamped a line of text. */
  async #isScanned(page: PdfPage, characters: number): Promise<boolean> {
    if (characters === 0) return (await this.#objectsOf(page)).showsPictures();
    if (characters > MOST_OF_STAMP) return false;
    return showsScan((await this.#load()).objects, page.ref?.num ?? -1, page.view);
  }

  async *#unjudged(page: PdfPage): AsyncGenerator<ReadableItems> {
    for await (const items of contentOf(page)) yield withoutCodes(items, () => false);
  }

  /** Yields the runs of a page whose fonts may have no Unicode mapping. */
  async *#judged(page: PdfPage): AsyncGenerator<ReadableItems> {
    const held: PdfItem[] = [];
    for await (const items of contentOf(page)) {
      held.push(...items);
      if (held.length > MOST_HELD) throw new ExtractionFailure("too_much_text");
    }
    const coded = codedFonts(held, await this.#objectsOf(page));
    yield withoutCodes(held, ({ fontName = "" }) => coded.has(fontName));
  }

  async #annotationsOf(page: PdfPage): Promise<PdfItem[]> {
    const annotations = await annotationsOf(this.#document, page);
    const painted = annotations.filter(isPaintedText);
    if (painted.length === 0) return itemsOf(annotations, page);
    const { objects, data } = await this.#load();
    const appearances = await appearancesOf(painted, { objects, data, open: this.#open });
    return itemsOf(annotations, page, appearances);
  }

  async #objectsOf(page: PdfPage): Promise<PageObjects> {
    const { objects } = await this.#load();
    return new PageObjects(objects, page.ref?.num ?? -1);
  }

  async #load(): Promise<Loaded> {
    if (this.#loaded) return this.#loaded;
    // pdf.js has taken ownership of the bytes and returns a copy.
    const data = await this.#document.getData();
    this.#loaded = { data, objects: new FileObjects(data) };
    return this.#loaded;
  }
}

/**
 * Returns the pdf.js ids of fonts whose characters are codes. pdf.js does not expose the font
 * objects, so the text decides.
 */
function codedFonts(items: readonly PdfItem[], page: PageObjects): Set<string> {
  const truths = page.fontTruths();
  const texts = Map.groupBy(items, ({ fontName = "" }) => fontName);
  if (!truths.some((truth) => truth !== "text")) return new Set();
  const areAll = truths.every((truth) => truth === "codes");
  const coded = [...texts].filter(
    ([, runs]) => areAll || looksCoded(runs.map(({ str }) => str).join(" ")),
  );
  return new Set(coded.map(([name]) => name));
}
