/** Extracts the paragraphs, lists and tables of a Word document, or of one of its parts. */
import type { RegionKind } from "../../../../lib/text-regions.ts";
import { TextFlow } from "../flow.ts";
import type { MarkupHandler } from "../markup.ts";
import { FormState, type FormText } from "./forms/form-state.ts";
import {
  paragraphEndOf,
  type Frame,
  newFrame,
  newParagraph,
  shownIn,
  type WordContext,
} from "./frame.ts";
import { HeldText } from "./held-text.ts";
import type { MainText } from "./main-text.ts";
import { MathReader } from "./math.ts";
import { NoteMarks } from "./margins/note-marks.ts";
import { WordCounter } from "./numbers/numbering.ts";
import { DELETED, PropertyReader } from "./properties.ts";
import { isOn, type ShownFormat } from "./run-format.ts";
import { StoryText } from "./story.ts";
import { headingLevel } from "./styles.ts";
import { symbolOf, type SymbolText, symbolText } from "./symbols.ts";

/** Fallbacks for other applications, phonetic guides, and formatting from before a tracked change. */
const UNREAD = /^(?:mc:Fallback|w:rt|w:\w+Change)$/;

const CHARACTERS: Record<string, string> = {
  "w:tab": "\t",
  "w:ptab": "\t",
  "w:noBreakHyphen": "\u2011",
};

export class WordBody implements MarkupHandler {
  /** True once an element of a Word document was parsed. */
  isWord = false;
  readonly #context: WordContext;
  readonly #counter: WordCounter;
  /** Undefined in all parts but the main one. */
  readonly #main: MainText | undefined;
  readonly #frames: Frame[] = [];
  #frame: Frame;
  #depth = 0;
  #unreadAt: number | undefined;
  #deletedAt: number | undefined;
  readonly #marks: NoteMarks;
  readonly #math = new MathReader();
  readonly #forms = new FormState();
  readonly #properties = new PropertyReader(this.#forms);
  #isText = false;

  constructor(story: StoryText, context: WordContext, main?: MainText) {
    this.#context = context;
    this.#counter = new WordCounter(context.numbering);
    this.#main = main;
    this.#marks = new NoteMarks(main);
    this.#frame = newFrame(story, undefined);
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#depth++;
    this.isWord ||= name.startsWith("w:");
    if (this.#unreadAt !== undefined) return;
    if (name === "w:lastRenderedPageBreak") return this.#pageWasTurned();
    if (UNREAD.test(name)) this.#unreadAt = this.#depth;
    else if (this.#properties.open(name, attributes, this.#frame, this.#depth)) return;
    else if (this.#math.open(name, attributes)) this.#beginMath(name);
    else if (DELETED.has(name)) this.#deletedAt ??= this.#depth;
    else this.#begin(name, attributes);
  }

  close(name: string): void {
    const isRead = this.#unreadAt === undefined;
    if (this.#unreadAt === this.#depth) this.#unreadAt = undefined;
    if (this.#deletedAt === this.#depth) this.#deletedAt = undefined;
    const isProperty = this.#properties.close(this.#depth);
    this.#depth--;
    if (!isRead) return;
    const formula = isProperty ? undefined : this.#math.close(name);
    if (formula !== undefined) this.#say({ text: formula, unreadable: 0 });
    else if (!isProperty) this.#finish(name);
    else if (name === "w:pPr" && !this.#properties.isOpen) this.#beginText();
  }

  text(text: string): void {
    if (!this.#isText || this.#unreadAt !== undefined || this.#properties.isOpen) return;
    if (!this.#isDeleted && this.#math.read(text)) return;
    const { asciiFont, otherFont } = this.#shown();
    if (asciiFont === otherFont) return this.#say(symbolText(text, asciiFont));
    for (const [piece] of text.matchAll(/[\0-\x7f]+|[^\0-\x7f]+/g)) {
      this.#say(symbolText(piece, piece < "\x80" ? asciiFont : otherFont));
    }
  }

  /** Ends everything that is open at the end of the part. */
  end(): void {
    while (this.#frames.length > 0) this.#closeBox();
    this.#frame.story.endBlock(2);
    this.#writeBoxes();
  }

  get #isDeleted(): boolean {
    return this.#deletedAt !== undefined || this.#frame.isRowDeleted;
  }

  #shown(): ShownFormat {
    return shownIn(this.#frame, this.#context.styles);
  }

  /** Adds the visible text of a run. Skips hidden text and text that a form value replaces. */
  #say({ text, unreadable }: SymbolText): void {
    if (this.#shown().isHidden || this.#forms.isInstruction) return;
    const instead = this.#forms.hide(text);
    if (instead) return this.#sayForms(instead);
    this.#context.countUnreadable(unreadable);
    const isValue = this.#forms.isValue && text.trim() !== "";
    if (this.#marks.isOpen) this.#put(this.#marks.read(text), "note_mark");
    else this.#put(text, isValue ? "form_field" : undefined);
  }

  #sayForms(said: readonly FormText[]): void {
    for (const { text, isValue } of said) this.#put(text, isValue ? "form_field" : undefined);
  }

  #put(text: string, region: RegionKind | undefined): void {
    if (text === "") return;
    const { story } = this.#frame;
    this.#main?.comments.read(text);
    const { isStruck, isSuperscript } = this.#shown();
    if (this.#isDeleted || isStruck) return story.strike(text, !isStruck);
    if (this.#frame.breakInCell) story.endLine();
    this.#frame.breakInCell = false;
    this.#frame.hasCellText = true;
    if (this.#frames.length === 0) this.#main?.pages.onText();
    const isRaised = region === undefined && isSuperscript;
    story.add(text, { region, isRaised });
  }

  #beginMath(name: string): void {
    this.#isText = name === "m:t";
    if (name === "m:r") this.#frame.run = { style: "", direct: {} };
  }

  #begin(name: string, attributes: Record<string, string>): void {
    switch (name) {
      case "w:p":
        return this.#beginParagraph();
      case "w:r":
        this.#frame.run = { style: "", direct: {} };
        return;
      case "w:t":
        this.#isText = true;
        return;
      case "w:delText":
        this.#isText = this.#isDeleted;
        return;
      case "w:txbxContent":
        return this.#openBox();
      case "w:tbl":
        return this.#frame.story.beginTable();
      case "w:tr":
      case "w:tc":
        return this.#beginCell(name);
      case "w:sdt":
        return this.#forms.beginControl();
      default:
        this.#mark(name, attributes);
    }
  }

  /** Handles elements without content, such as breaks and references. */
  #mark(name: string, attributes: Record<string, string>): void {
    const id = attributes["w:id"] ?? "";
    if (name === "w:br" || name === "w:cr") this.#break(attributes["w:type"]);
    else if (name === "w:sym") {
      this.#say(symbolOf(attributes["w:char"] ?? "", attributes["w:font"]));
    } else if (name === "w:fldChar") this.#turnField(attributes["w:fldCharType"]);
    else if (name === "w:sdtContent") this.#forms.openControl();
    else if (name === "v:textpath") this.#put((attributes.string ?? "").trim(), undefined);
    else if (name === "w:altChunk") this.#main?.insertChunk(this.#frame.story, attributes["r:id"]);
    else if (name === "w:footnoteReference" || name === "w:endnoteReference") {
      this.#refer(name, id, attributes["w:customMarkFollows"]);
    } else if (name.startsWith("w:comment")) this.#main?.comments.mark(name, id);
    else if (name in CHARACTERS) this.#say({ text: CHARACTERS[name] ?? "", unreadable: 0 });
  }

  #refer(name: string, id: string, markFollows: string | undefined): void {
    if (this.#shown().isHidden) return;
    if (this.#isDeleted) return this.#frame.story.strike(` ${this.#marks.take(name, id)}`, true);
    const mark = this.#marks.refer(name, id, markFollows !== undefined && isOn(markFollows));
    this.#put(mark, "note_mark");
  }

  #endControl(): void {
    const said = this.#forms.endControl();
    if (this.#frame.paragraph) this.#sayForms(said);
  }

  #turnField(type: string | undefined): void {
    const said = this.#forms.turnField(type);
    if (!this.#shown().isHidden && !this.#forms.isInstruction) this.#sayForms(said);
  }

  #break(type: string | undefined): void {
    if (type === "column" || this.#shown().isHidden) return;
    const { story } = this.#frame;
    if (this.#isDeleted) story.strike(" ", true);
    else if (type === "page") this.#turnPage();
    else story.break();
  }

  #turnPage(): void {
    if (this.#frames.length === 0) this.#main?.turnPage(this.#frame.story, this.#frame.cells > 0);
  }

  /** Handles a page break that the layout recorded. The layout also records the author's own page breaks. */
  #pageWasTurned(): void {
    if (this.#frames.length > 0 || !this.#main?.pages.isNew(this.#frame.cells > 0)) return;
    const { story, cells } = this.#frame;
    this.#main.turnPage(story, cells > 0 || story.hasText, true);
  }

  #beginParagraph(): void {
    if (this.#frame.paragraph) this.#endParagraph();
    this.#frame.paragraph = newParagraph(this.#context.styles.language);
    this.#frame.run = { style: "", direct: {} };
  }

  /** Begins the text of a paragraph once all its properties are parsed. */
  #beginText(): void {
    const { paragraph, story, cells } = this.#frame;
    if (!paragraph || paragraph.isBegun) return;
    paragraph.isBegun = true;
    const { styles } = this.#context;
    const style = styles.named(paragraph.style);
    const beginsPage = paragraph.beginsPage ?? styles.beginsPage(style);
    if (beginsPage && this.#main?.pages.canTurn) this.#turnPage();
    const { outline } = paragraph;
    const level = outline === undefined ? styles.levelOf(style) : headingLevel(outline);
    if (cells === 0) story.level = level;
    if (paragraph.isMarkDeleted || this.#isDeleted) return;
    paragraph.style = style;
    story.number(this.#counter.next(paragraph, styles.listOf(style)));
  }

  #finish(name: string): void {
    if (name === "w:p") this.#endParagraph();
    else if (name === "w:t" || name === "m:t" || name === "w:delText") this.#isText = false;
    else if (name === "w:r") this.#marks.endRun();
    else if (name === "w:tc") this.#endCell();
    else if (name === "w:tr") this.#endRow();
    else if (name === "w:tbl") this.#endTable();
    else if (name === "w:sdt") this.#endControl();
    else if (name === "w:txbxContent") this.#closeBox();
  }

  #endParagraph(): void {
    const { paragraph, story, cells } = this.#frame;
    this.#sayForms(this.#forms.endParagraph());
    this.#frame.paragraph = undefined;
    this.#main?.comments.read(" ");
    if (cells > 0) {
      this.#frame.breakInCell = this.#frame.hasCellText && !paragraph?.isMarkDeleted;
    }
    story.endParagraph(cells > 0 ? "in_cell" : paragraphEndOf(paragraph, story));
    if (cells === 0) this.#writeBoxes();
    if (this.#frames.length > 0 || cells > 0) return;
    this.#main?.pages.onParagraph();
    if (paragraph?.endsSection) this.#main?.endSection(story);
  }

  #beginCell(name: string): void {
    const isOuter = this.#frame.cells === 0;
    if (name === "w:tr") {
      this.#frame.rows++;
      if (isOuter) this.#frame.isRowDeleted = false;
      if (isOuter) this.#main?.pages.beginRow();
      return;
    }
    this.#frame.cells++;
    this.#frame.hasCellText = false;
    if (isOuter) this.#main?.pages.beginCell();
  }

  #endCell(): void {
    this.#frame.cells--;
    this.#frame.breakInCell = false;
    this.#frame.story.endCell();
  }

  #endRow(): void {
    this.#frame.rows--;
    this.#frame.story.endBlock(1);
    if (this.#frame.rows === 0) this.#frame.isRowDeleted = false;
  }

  #endTable(): void {
    this.#frame.story.endBlock(2);
    if (this.#frame.rows === 0) this.#writeBoxes();
  }

  #openBox(): void {
    const box = new HeldText(this.#context.units);
    this.#frames.push(this.#frame);
    const story = new StoryText(new TextFlow(box), this.#context.struckOut);
    this.#frame = newFrame(story, box);
  }

  #closeBox(): void {
    const { story, box } = this.#frame;
    const outer = this.#frames.pop();
    if (!outer) return;
    story.endBlock(2);
    this.#writeBoxes();
    this.#frame = outer;
    if (box && box.pieces.length > 0) outer.boxes.push(box);
  }

  #writeBoxes(): void {
    this.#frame.story.insert(this.#frame.boxes.splice(0).map(({ pieces }) => pieces));
  }
}
