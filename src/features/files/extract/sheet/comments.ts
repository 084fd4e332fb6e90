/** Writes the comments of a sheet (ECMA-376 part 1, section 18.7). */
import { storable } from "../flow.ts";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import type { PageWriter } from "../pages.ts";

export class SheetComments implements MarkupHandler {
  readonly #writer: PageWriter;
  readonly #authors: string[] = [];
  #element = "";
  #text: string[] = [];
  #label = "";

  constructor(writer: PageWriter) {
    this.#writer = writer;
  }

  open(element: string, { ref = "", authorId = "" }: XmlAttributes): void {
    this.#element = localName(element);
    if (this.#element === "author") this.#text = [];
    if (this.#element !== "comment") return;
    const author = this.#authors[Number(authorId)] ?? "";
    this.#text = [];
    this.#label = `[Comment${author === "" ? "" : ` by ${author}`} on “${ref}”]`;
  }

  close(element: string): void {
    const name = localName(element);
    this.#element = "";
    if (name === "author") this.#authors.push(this.#take());
    if (name !== "comment") return;
    const text = this.#take();
    if (text === "") return;
    this.#writer.write(`\n${this.#label} `);
    this.#writer.write(text, { region: "comment" });
  }

  text(text: string): void {
    if (this.#element === "t" || this.#element === "author") this.#text.push(text);
  }

  #take(): string {
    const text = storable(this.#text.join("")).replaceAll(/\s+/g, " ").trim();
    this.#text = [];
    return text;
  }
}
