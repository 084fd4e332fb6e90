/** A streaming parser of HTML and XML whose memory is bounded for hostile input. */
import { type Handler, Parser } from "htmlparser2";
import { ExtractionFailure } from "../failures.ts";

/** Nested elements. The parser slows down with the depth. */
const DEEPEST = 1_000;
const MOST_ATTRIBUTES = 500;
/** In UTF-16 code units of an attribute. The rest, such as an inlined picture, is dropped. */
const LONGEST_ATTRIBUTE = 64 * 1024;
/** In UTF-16 code units of a comment, or of any other token that the parser buffers. */
const LONGEST_TOKEN = 4 * 1024 * 1024;

export type MarkupHandler = {
  open(name: string, attributes: Record<string, string>): void;
  close(name: string): void;
  text(text: string): void;
};

/** Calls a handler for elements and text. Throws `damaged` beyond the bounds. */
export class MarkupParser {
  readonly #parser: BoundedParser;
  #given = 0;

  constructor(handler: MarkupHandler, { xml }: { xml: boolean }) {
    this.#parser = new BoundedParser(bounded(handler, xml), { xmlMode: xml });
  }

  write(text: string): void {
    this.#given += text.length;
    this.#parser.write(text);
    const held = this.#given - Math.max(this.#parser.endIndex, this.#parser.startIndex);
    if (held - this.#parser.attributeLength > LONGEST_TOKEN) throw new ExtractionFailure("damaged");
  }

  end(): void {
    this.#parser.end();
  }
}

function bounded(handler: MarkupHandler, xml: boolean): Partial<Handler> {
  let depth = 0;
  return {
    onopentagname: () => {
      if (++depth > DEEPEST) throw new ExtractionFailure("damaged");
    },
    onopentag: (name, attributes) => handler.open(name, attributes),
    onclosetag: (name) => {
      depth--;
      handler.close(name);
    },
    ontext: (text) => handler.text(text),
    // A document type may define entities, and no office program writes one.
    onprocessinginstruction: (name) => {
      if (xml && name.startsWith("!")) throw new ExtractionFailure("damaged");
    },
  };
}

class BoundedParser extends Parser {
  /** In code units, of the current attribute. */
  attributeLength = 0;
  #attributes = 0;

  override onopentagname(...position: Parameters<Parser["onopentagname"]>): void {
    this.#attributes = 0;
    super.onopentagname(...position);
  }

  override onattribname(...position: Parameters<Parser["onattribname"]>): void {
    if (++this.#attributes > MOST_ATTRIBUTES) throw new ExtractionFailure("damaged");
    super.onattribname(...position);
  }

  override onattribdata(start: number, end: number): void {
    this.attributeLength += end - start;
    if (this.attributeLength <= LONGEST_ATTRIBUTE) super.onattribdata(start, end);
  }

  override onattribentity(codePoint: number): void {
    this.attributeLength++;
    if (this.attributeLength <= LONGEST_ATTRIBUTE) super.onattribentity(codePoint);
  }

  override onattribend(...position: Parameters<Parser["onattribend"]>): void {
    this.attributeLength = 0;
    super.onattribend(...position);
  }
}
