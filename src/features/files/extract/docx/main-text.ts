/** Pages, sections, notes, comments and embedded documents, which only the main text of a Word document has. */
import type { FlowPiece } from "../flow.ts";
import type { WordComments } from "./margins/comments.ts";
import type { WordNotes } from "./margins/notes.ts";
import type { Section } from "./outline.ts";
import type { PageEdges } from "./margins/page-edges.ts";
import { PageTurns } from "./page-turns.ts";
import type { StoryText } from "./story.ts";
import type { StruckOut } from "./struck-out.ts";

/** Replaces an embedded document that is not extracted. */
const NOT_READ: FlowPiece[][] = [[{ text: "[Embedded document that was not read]" }]];

type MainParts = {
  sections: readonly Section[];
  footnotes: WordNotes;
  endnotes: WordNotes;
  comments: WordComments;
  edges: PageEdges;
  /** The text of embedded documents, by the ids of their relationships. */
  chunks: Map<string, FlowPiece[][]>;
  struckOut: StruckOut;
  /** The number of the current page; null if page breaks are unknown. */
  pageNumber: () => number | null;
};

export class MainText {
  readonly pages = new PageTurns();
  readonly #parts: MainParts;
  #section = 0;

  constructor(parts: MainParts) {
    this.#parts = parts;
  }

  get footnotes(): WordNotes {
    return this.#parts.footnotes;
  }

  get endnotes(): WordNotes {
    return this.#parts.endnotes;
  }

  get comments(): WordComments {
    return this.#parts.comments;
  }

  begin(story: StoryText): void {
    this.#beginSection(story);
  }

  /** `isWithin`: the page break is inside a paragraph or a row. */
  turnPage(story: StoryText, isWithin: boolean, isRendered = false): void {
    story.turnPage(this.#footnotesOfPage(), isWithin);
    this.footnotes.beginPage();
    this.pages.onTurn(isRendered);
  }

  /** Ends a section after its last paragraph. The type of the next section determines whether it begins a page. */
  endSection(story: StoryText): void {
    const { sections, edges } = this.#parts;
    const [ended, next] = [sections[this.#section], sections[this.#section + 1]];
    if (!ended || !next) return;
    const isTurned = BEGINS_PAGE.has(next.type);
    if (isTurned) story.insert(this.#footnotesOfPage());
    story.insert(edges.footersOf(ended));
    if (isTurned && !this.pages.isFresh) this.turnPage(story, false);
    if (isTurned && this.#isOtherSide(next.type)) this.turnPage(story, false);
    this.#section++;
    this.#beginSection(story);
  }

  insertChunk(story: StoryText, id: string | undefined): void {
    const found = this.#parts.chunks.get(id ?? "");
    this.#parts.chunks.delete(id ?? "");
    story.insert(found ?? NOT_READ);
  }

  /** Writes the remaining notes and footers, the comments and the struck-out words after the text. */
  end(story: StoryText): void {
    const { sections, edges, struckOut } = this.#parts;
    const last = sections[this.#section];
    story.insert(this.footnotes.takeDue());
    story.insert(this.endnotes.takeDue());
    if (last) story.insert(edges.footersOf(last));
    story.insert(this.comments.paragraphs());
    story.insert(struckOut.lines());
  }

  #beginSection(story: StoryText): void {
    const section = this.#parts.sections[this.#section];
    if (!section) return;
    this.footnotes.beginSection(section.footnotes);
    this.endnotes.beginSection(section.endnotes);
    story.insert(this.#parts.edges.headersOf(section));
  }

  #footnotesOfPage(): FlowPiece[][] {
    return this.#parts.pageNumber() === null ? [] : this.footnotes.takeDue();
  }

  /** True if an empty page must come first, because the section begins on an odd (or even) page. */
  #isOtherSide(type: string): boolean {
    const isOdd = (this.#parts.pageNumber() ?? 0) % 2 === 1;
    return (type === "oddPage" && !isOdd) || (type === "evenPage" && isOdd);
  }
}

const BEGINS_PAGE = new Set(["nextPage", "oddPage", "evenPage"]);
