/** The headers and footers of the master pages of an OpenDocument text, each once. */
import { storable } from "../flow.ts";
import { localName } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import type { PageWriter } from "../pages.ts";

/** UTF-16 code units of all headers and footers together. */
const LONGEST = 100_000;

export class OdtMargins implements MarkupHandler {
  readonly #found = new Map<string, "header" | "footer">();
  #kind: "header" | "footer" | undefined;
  #text = "";
  #length = 0;

  open(element: string): void {
    const name = localName(element);
    const kind = /^(header|footer)(?:-left|-first)?$/.exec(name)?.[1];
    if (element.startsWith("style:") && kind) this.#begin(kind === "header" ? "header" : "footer");
    else if (/^(?:p|h|tab|s|line-break)$/.test(name)) this.#text += " ";
  }

  close(element: string): void {
    if (!element.startsWith("style:") || !this.#kind) return;
    const text = storable(this.#text).replaceAll(/\s+/g, " ").trim();
    if (text !== "" && !this.#found.has(text)) this.#found.set(text, this.#kind);
    this.#kind = undefined;
  }

  text(text: string): void {
    if (!this.#kind) return;
    this.#length += text.length;
    if (this.#length <= LONGEST) this.#text += text;
  }

  /** Writes all headers or all footers, each as a separate paragraph. */
  writeTo(writer: PageWriter, kind: "header" | "footer"): void {
    for (const [text, of] of this.#found) {
      if (of !== kind) continue;
      writer.write(kind === "header" ? "[Header] " : "\n\n[Footer] ");
      writer.write(text, { region: kind });
      if (kind === "header") writer.write("\n\n");
    }
  }

  #begin(kind: "header" | "footer"): void {
    this.#kind = kind;
    this.#text = "";
  }
}
