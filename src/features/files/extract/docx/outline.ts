/**
 * A first pass over a Word document. The extraction of its text needs the sections, which are defined after
 * their text, whether page breaks are known, and the embedded documents.
 */
import type { MarkupHandler } from "../markup.ts";
import { isOn } from "./run-format.ts";
import type { WordStyles } from "./styles.ts";

/** The pages of a section that a header or footer is for. `first` and `even` override `default` if enabled. */
type Slot = "default" | "first" | "even";

/** The numbering of notes; undefined properties are not set by the section. */
export type NoteFormat = { format?: string; start?: number; restart?: string };

export type Section = {
  /** `continuous` begins on the page of the previous section; all other types begin a page. */
  type: string;
  hasTitlePage: boolean;
  /** Ids of relationships. Omitted ones are inherited from the previous section. */
  headers: Partial<Record<Slot, string>>;
  footers: Partial<Record<Slot, string>>;
  footnotes: NoteFormat;
  endnotes: NoteFormat;
};

/** Further sections are treated as part of the last one. */
const MOST_SECTIONS = 5_000;
const MOST_CHUNKS = 50;
const MOST_STYLES = 1_000;
/** UTF-16 code units; about twice as many as on a typical page of a contract. */
const LONGEST_PAGE = 8_000;

const FORMER = /^w:\w+Change$/;
const SLOTS: readonly string[] = ["default", "first", "even"] satisfies Slot[];

export class WordOutline implements MarkupHandler {
  readonly sections: Section[] = [];
  /** Relationship ids of embedded documents (`w:altChunk`), in document order. */
  readonly chunks: string[] = [];
  /** UTF-16 code units of the running text. */
  length = 0;
  /** The number of page breaks set by the author (without those of sections), and of those recorded by the layout. */
  #breaks = 0;
  #rendered = 0;
  readonly #styles = new Set<string>();
  #section: Section | undefined;
  #notes: NoteFormat | undefined;
  #depth = 0;
  #formerAt: number | undefined;
  #isText = false;

  open(name: string, attributes: Record<string, string>): void {
    this.#depth++;
    if (this.#formerAt !== undefined) return;
    if (FORMER.test(name)) this.#formerAt = this.#depth;
    else if (name === "w:sectPr") this.#section = newSection();
    else if (this.#section) this.#readSection(this.#section, name, attributes);
    else this.#read(name, attributes);
  }

  close(name: string): void {
    if (this.#formerAt === this.#depth) this.#formerAt = undefined;
    this.#depth--;
    if (name === "w:t") this.#isText = false;
    if (name === "w:footnotePr" || name === "w:endnotePr") this.#notes = undefined;
    if (name === "w:sectPr") this.#endSection();
  }

  text(text: string): void {
    if (this.#isText) this.length += text.length;
  }

  /**
   * True if the document contains all of its page breaks. Those set by the author are incomplete if a page
   * would have too much text, or if the page count of the last save (`counted`) is higher.
   */
  hasPages(styles: WordStyles, counted: number): boolean {
    if (this.#rendered > 0) return true;
    const sections = this.sections.slice(1).filter(({ type }) => type !== "continuous").length;
    const ofStyles = [...this.#styles].filter((id) => styles.beginsPage(id)).length;
    const breaks = this.#breaks + sections + ofStyles;
    const isAll = ofStyles > 0 || counted <= breaks + 1;
    return breaks > 0 && isAll && this.length <= (breaks + 1) * LONGEST_PAGE;
  }

  #read(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:t") this.#isText = true;
    else if (name === "w:lastRenderedPageBreak") this.#rendered++;
    else if (name === "w:br" && attributes["w:type"] === "page") this.#breaks++;
    else if (name === "w:pageBreakBefore" && isOn(value)) this.#breaks++;
    else if (name === "w:pStyle" && this.#styles.size < MOST_STYLES) this.#styles.add(value);
    else if (name === "w:altChunk" && this.chunks.length < MOST_CHUNKS) {
      this.chunks.push(attributes["r:id"] ?? "");
    }
  }

  #readSection(section: Section, name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (name === "w:type") section.type = value;
    if (name === "w:titlePg") section.hasTitlePage = isOn(value);
    if (name === "w:footnotePr") this.#notes = section.footnotes;
    if (name === "w:endnotePr") this.#notes = section.endnotes;
    if (this.#notes) readNoteFormat(this.#notes, name, value);
    const slot = attributes["w:type"] ?? "default";
    const id = attributes["r:id"];
    if (id === undefined || !SLOTS.includes(slot)) return;
    if (name === "w:headerReference") section.headers[slot as Slot] = id;
    if (name === "w:footerReference") section.footers[slot as Slot] = id;
  }

  #endSection(): void {
    const section = this.#section;
    this.#section = undefined;
    if (!section || this.sections.length >= MOST_SECTIONS) return;
    const before = this.sections.at(-1);
    section.headers = { ...before?.headers, ...section.headers };
    section.footers = { ...before?.footers, ...section.footers };
    this.sections.push(section);
  }
}

function newSection(): Section {
  return {
    type: "nextPage",
    hasTitlePage: false,
    headers: {},
    footers: {},
    footnotes: {},
    endnotes: {},
  };
}

/** Applies one child element of `w:footnotePr` or `w:endnotePr` to a format. */
export function readNoteFormat(notes: NoteFormat, name: string, value: string): void {
  if (name === "w:numFmt") notes.format = value;
  if (name === "w:numStart") notes.start = Number(value) || 1;
  if (name === "w:numRestart") notes.restart = value;
}

/** The relationship ids of the headers or footers in use in a section, that of the first page first. */
export function shownSlots(
  parts: Section["headers"],
  { hasTitlePage }: Section,
  hasEvenPages: boolean,
): string[] {
  const ids = [hasTitlePage && parts.first, parts.default, hasEvenPages && parts.even];
  return ids.filter((id) => typeof id === "string");
}
