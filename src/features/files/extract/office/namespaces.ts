/**
 * Normalizes the prefixes of elements and attributes to those of the specification, in transitional and strict
 * documents (ECMA-376 part 1, annex A).
 */
import type { MarkupHandler } from "../markup.ts";

const PREFIXES = new Map([
  ["http://schemas.openxmlformats.org/wordprocessingml/2006/main", "w"],
  ["http://purl.oclc.org/ooxml/wordprocessingml/main", "w"],
  ["http://schemas.openxmlformats.org/officeDocument/2006/relationships", "r"],
  ["http://purl.oclc.org/ooxml/officeDocument/relationships", "r"],
  ["http://schemas.openxmlformats.org/officeDocument/2006/math", "m"],
  ["http://purl.oclc.org/ooxml/officeDocument/math", "m"],
  ["http://schemas.openxmlformats.org/markup-compatibility/2006", "mc"],
  ["http://schemas.microsoft.com/office/word/2010/wordml", "w14"],
  ["http://schemas.microsoft.com/office/word/2012/wordml", "w15"],
  ["urn:schemas-microsoft-com:vml", "v"],
]);

const KNOWN = new Set(PREFIXES.values());

/** The prefix of an unknown namespace that a document binds to a prefix of the specification. */
const OTHER = "other";

/** The binding of a prefix before an element at this depth changed it. */
type Former = { depth: number; prefix: string; meaning: string | undefined };

/** Passes elements on under their names in the specification. */
export class NamespaceReader implements MarkupHandler {
  readonly #handler: MarkupHandler;
  /** The current prefixes that differ from those of the specification. */
  readonly #renamed = new Map<string, string>();
  readonly #former: Former[] = [];
  readonly #names: string[] = [];

  constructor(handler: MarkupHandler) {
    this.#handler = handler;
  }

  open(name: string, attributes: Record<string, string>): void {
    const depth = this.#names.length;
    for (const [attribute, uri] of Object.entries(attributes)) {
      if (attribute === "xmlns") this.#declare(depth, "", uri);
      else if (attribute.startsWith("xmlns:")) this.#declare(depth, attribute.slice(6), uri);
    }
    const read = this.#renamed.size === 0 ? name : this.#nameOf(name, true);
    this.#names.push(read);
    this.#handler.open(read, this.#attributesOf(attributes));
  }

  close(): void {
    const name = this.#names.pop() ?? "";
    this.#handler.close(name);
    while ((this.#former.at(-1)?.depth ?? -1) >= this.#names.length) {
      const { prefix, meaning } = this.#former.pop() ?? { prefix: "" };
      this.#mean(prefix, meaning);
    }
  }

  text(text: string): void {
    this.#handler.text(text);
  }

  #declare(depth: number, prefix: string, uri: string): void {
    const meaning = PREFIXES.get(uri) ?? (KNOWN.has(prefix) ? OTHER : prefix);
    const former = this.#renamed.get(prefix);
    const next = meaning === prefix ? undefined : meaning;
    if (former === next) return;
    this.#former.push({ depth, prefix, meaning: former });
    this.#mean(prefix, next);
  }

  #mean(prefix: string, meaning: string | undefined): void {
    if (meaning === undefined) this.#renamed.delete(prefix);
    else this.#renamed.set(prefix, meaning);
  }

  #attributesOf(attributes: Record<string, string>): Record<string, string> {
    if (this.#renamed.size === 0) return attributes;
    const named = Object.entries(attributes).map(([name, value]) => [
      this.#nameOf(name, false),
      value,
    ]);
    return Object.fromEntries(named) as Record<string, string>;
  }

  /** A default namespace does not apply to attributes. */
  #nameOf(name: string, isElement: boolean): string {
    const colon = name.indexOf(":");
    if (colon < 0 && !isElement) return name;
    const prefix = colon < 0 ? "" : name.slice(0, colon);
    const meaning = this.#renamed.get(prefix);
    return meaning === undefined ? name : `${meaning}:${name.slice(colon + 1)}`;
  }
}
