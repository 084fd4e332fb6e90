/** HTML: the text that a reader of the page sees. */
import { decodeText } from "./encoding.ts";
import { TextFlow } from "./flow.ts";
import { isHidden } from "./html-hidden.ts";
import { MarkupParser } from "./markup.ts";
import type { ExtractedPage, PageWriter } from "./pages.ts";

/** Reads a page. Scripts are never run, and nothing that it refers to is fetched. */
export async function* readHtml(
  body: AsyncIterable<Uint8Array>,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const page = new VisibleText(new TextFlow(writer));
  const parser = new MarkupParser(page, { xml: false });
  for await (const text of decodeText(body, declaredEncoding)) {
    parser.write(text);
    yield* writer.take();
  }
  parser.end();
  page.end();
  yield* writer.end(true);
}

/** What a `meta` in the first 1024 bytes says. One that is readable this way is not UTF-16. */
function declaredEncoding(head: Uint8Array): string | undefined {
  const start = new TextDecoder("windows-1252").decode(head.subarray(0, 1024));
  const label = /<meta[^<>]+charset\s*=\s*(?:["']\s*)?([\w-]+)/i.exec(start)?.[1];
  return label && /^utf-?16/i.test(label) ? "utf-8" : label;
}

const PARAGRAPHS = new Set(
  "article blockquote dl fieldset figure form hr ol p pre section table ul".split(" "),
);
const LINES = new Set(
  "address aside body caption center dd details dialog div dt figcaption footer header html legend li main menu nav optgroup option summary tbody tfoot thead tr".split(
    " ",
  ),
);
const HEADING = /^h([1-6])$/;

class VisibleText {
  readonly #flow: TextFlow;
  #depth = 0;
  /** The depth of the outermost element that is not seen. */
  #hiddenAt: number | undefined;
  #preformatted = 0;
  #endsInSpace = true;

  constructor(flow: TextFlow) {
    this.#flow = flow;
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#depth++;
    if (this.#hiddenAt !== undefined) return;
    if (isHidden(name, attributes)) this.#hiddenAt = this.#depth;
    else this.#begin(name);
  }

  close(name: string): void {
    const isShown = this.#hiddenAt === undefined;
    if (this.#hiddenAt === this.#depth) this.#hiddenAt = undefined;
    this.#depth--;
    if (isShown) this.#finish(name);
  }

  text(text: string): void {
    if (this.#hiddenAt !== undefined) return;
    if (this.#preformatted > 0) return this.#flow.add(text);
    const line = text.replaceAll(/[\t\n\f\r ]+/g, " ");
    const shown = this.#endsInSpace ? line.trimStart() : line;
    if (shown === "") return;
    this.#endsInSpace = shown.endsWith(" ");
    this.#flow.add(shown);
  }

  end(): void {
    this.#flow.end(1);
  }

  #begin(name: string): void {
    if (name === "br") {
      this.#endsInSpace = true;
      return this.#flow.break();
    }
    this.#breakFor(name);
    if (name === "pre") this.#preformatted++;
    const level = HEADING.exec(name)?.[1];
    if (level !== undefined) this.#flow.level = Number(level);
  }

  #finish(name: string): void {
    if (name === "td" || name === "th") this.#endCell();
    this.#breakFor(name);
    if (name === "pre") this.#preformatted--;
    if (HEADING.test(name)) this.#flow.level = undefined;
  }

  #breakFor(name: string): void {
    const isParagraph = PARAGRAPHS.has(name) || HEADING.test(name);
    if (!isParagraph && !LINES.has(name)) return;
    this.#flow.end(isParagraph ? 2 : 1);
    this.#endsInSpace = true;
  }

  /** Cells of a row are divided by tabs; one behind the last is taken away with the line's end. */
  #endCell(): void {
    this.#flow.add("\t");
    this.#endsInSpace = true;
  }
}
