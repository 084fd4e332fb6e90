/**
 * What of a Word document must be known before its text is read: its sections, each of which is described
 * behind its text, whether it says where pages begin, and what it embeds.
 */
import type { MarkupHandler } from "../markup.ts";
import { isOn } from "./run-format.ts";
import type { WordStyles } from "./styles.ts";

/** What stands on pages: `first` and `even` of a section take the place of `default` where they are in use. */
type Slot = "default" | "first" | "even";

/** How notes are numbered; undefined where the section does not say. */
export type NoteFormat = { format?: string; start?: number; restart?: string };

export type Section = {
  /** Where it begins: `continuous` on the page of the one before, else on a new one. */
  type: string;
  hasTitlePage: boolean;
  /** Ids of relationships. What a section does not name is that of the one before. */
  headers: Partial<Record<Slot, string>>;
  footers: Partial<Record<Slot, string>>;
  footnotes: NoteFormat;
  endnotes: NoteFormat;
};

/** Sections beyond it belong to the last. */
const MOST_SECTIONS = 5_000;
const MOST_CHUNKS = 50;
const MOST_STYLES = 1_000;
/** UTF-16 code units; pages of contracts have about half as many. */
const LONGEST_PAGE = 8_000;

const FORMER = /^w:\w+Change$/;
const SLOTS: readonly string[] = ["default", "first", "even"] satisfies Slot[];

export class WordOutline implements MarkupHandler {
  readonly sections: Section[] = [];
  /** Ids of the documents that are embedded whole, in their order. */
  readonly chunks: string[] = [];
  /** UTF-16 code units of its running text. */
  length = 0;
  /** Where its author began pages, sections aside, and where a program that laid it out did. */
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
   * True where the document says where its pages begin. What its author says is not all of it where a page
   * would have too much text, or where more pages were counted (`counted`) when it was saved.
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

/** Takes over what an element within `w:footnotePr` or `w:endnotePr` says. */
export function readNoteFormat(notes: NoteFormat, name: string, value: string): void {
  if (name === "w:numFmt") notes.format = value;
  if (name === "w:numStart") notes.start = Number(value) || 1;
  if (name === "w:numRestart") notes.restart = value;
}

/** The parts that stand on the pages of a section, those of its first page first. */
export function shownSlots(
  parts: Section["headers"],
  { hasTitlePage }: Section,
  hasEvenPages: boolean,
): string[] {
  const ids = [hasTitlePage && parts.first, parts.default, hasEvenPages && parts.even];
  return ids.filter((id) => typeof id === "string");
}
