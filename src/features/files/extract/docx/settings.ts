/** What a Word document says of itself as a whole. */
import type { MarkupHandler } from "../markup.ts";
import { type NoteFormat, readNoteFormat } from "./outline.ts";
import { isOn } from "./run-format.ts";

/** Its settings. */
export class WordSettings implements MarkupHandler {
  /** Even pages have headers and footers of their own. */
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

/** What the program that saved it last counted. */
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

  /** The number of pages; 0 where it was not noted. */
  get pages(): number {
    return this.#count("Pages");
  }

  /**
   * True where the text was counted, and stood on one page. Templates say one page of any text: their count
   * of characters is another.
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
/** Characters that fit on a page, whatever was counted. */
const SHORT_TEXT = 100;
