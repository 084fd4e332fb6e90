/** Document-wide settings and properties of a Word document. */
import type { MarkupHandler } from "../markup.ts";
import { type NoteFormat, readNoteFormat } from "./outline.ts";
import { isOn } from "./run-format.ts";

/** Parses the settings part. */
export class WordSettings implements MarkupHandler {
  /** True if even pages have separate headers and footers. */
  hasEvenPages = false;
  readonly footnotes: NoteFormat = {};
  readonly endnotes: NoteFormat = {};
  #notes: NoteFormat | undefined;

  open(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:evenAndOddHeaders") this.hasEvenPages = isOn(value);
    if (name === "w:footnotePr") this.#notes = this.footnotes;
    if (name === "w:endnotePr") this.#notes = this.endnotes;
    if (this.#notes) readNoteFormat(this.#notes, name, value);
  }

  close(name: string): void {
    if (name === "w:footnotePr" || name === "w:endnotePr") this.#notes = undefined;
  }

  text(): void {}
}

const LONGEST_COUNT = 20;

/** Parses the counts that the application stored when it last saved the document. */
export class WordProperties implements MarkupHandler {
  #name = "";
  readonly #counts = new Map<string, string>();

  open(name: string): void {
    this.#name = name.slice(name.indexOf(":") + 1);
  }

  close(): void {
    this.#name = "";
  }

  text(text: string): void {
    if (!COUNTS.has(this.#name)) return;
    this.#counts.set(
      this.#name,
      ((this.#counts.get(this.#name) ?? "") + text).slice(0, LONGEST_COUNT),
    );
  }

  /** The number of pages; 0 if it is not stored. */
  get pages(): number {
    return this.#count("Pages");
  }

  /**
   * True if the stored counts are those of this text and give one page. Documents made from a template may
   * keep its page count of one, but then the number of characters does not match. `length`: UTF-16 code units.
   */
  isOnePage(length: number): boolean {
    const characters = Math.max(this.#count("Characters"), this.#count("CharactersWithSpaces"));
    return this.pages === 1 && length <= 2 * characters + SHORT_TEXT;
  }

  #count(name: string): number {
    return Number(this.#counts.get(name)) || 0;
  }
}

const COUNTS = new Set(["Pages", "Characters", "CharactersWithSpaces"]);
/** A text of up to this many characters fits on a page, even if the stored count differs. */
const SHORT_TEXT = 100;
