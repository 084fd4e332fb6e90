/** Converts the body of an OpenDocument text (ODF 1.3 part 3, sections 4 to 6) to running text. */
import { TextFlow } from "../flow.ts";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import type { PageWriter } from "../pages.ts";
import { writeLowered, writeRaised } from "../superscripts.ts";
import { type StruckOutWords, textBehindStruck } from "../struck-out.ts";
import { Asides } from "./asides.ts";
import { HeadingCounters, ListCounters } from "./list-counters.ts";
import { attribute, type OdtStyles, OUTLINE } from "./styles.ts";

/** Elements whose text is not part of the document. */
const LEFT_OUT = new Set([
  "change-info",
  "forms",
  "scripts",
  "title",
  "desc",
  "ruby-text",
  "binary-data",
]);
const MOST_HEADING_LEVELS = 6;
/** UTF-16 code units of the preceding text that are kept for context. */
const REMEMBERED = 200;
const MOST_BLANKS = 100;

type Explained = { styles: OdtStyles; struckOut: StruckOutWords };

export class OdtBody implements MarkupHandler {
  readonly #flow: TextFlow;
  readonly #explained: Explained;
  readonly #lists: ListCounters;
  readonly #headings = new HeadingCounters();
  readonly #asides: Asides;
  #depth = 0;
  #leftOutAt: number | undefined;
  #isBody = false;
  /** The depth of the current paragraph, and the depths of struck-out spans and paragraphs. */
  #paragraphAt: number | undefined;
  readonly #struckAt: number[] = [];
  readonly #shiftedAt: { depth: number; isRaised: boolean }[] = [];
  #struck = "";
  #isBehindStruck = false;
  #tables = 0;
  #isInCell = false;
  #endsInSpace = true;
  #before = "";

  constructor(writer: PageWriter, explained: Explained) {
    this.#flow = new TextFlow(writer);
    this.#explained = explained;
    this.#lists = new ListCounters(explained.styles);
    this.#asides = new Asides(writer);
  }

  open(element: string, attributes: XmlAttributes): void {
    this.#depth++;
    const name = localName(element);
    if (element.endsWith(":text") && name === "text") this.#isBody = true;
    if (!this.#isBody || this.#leftOutAt !== undefined) return;
    if (LEFT_OUT.has(name)) this.#leftOutAt = this.#depth;
    else if (!this.#openAside(name, attributes)) this.#begin(name, attributes);
  }

  close(element: string): void {
    const name = localName(element);
    const isShown = this.#isBody && this.#leftOutAt === undefined;
    if (this.#leftOutAt === this.#depth) this.#leftOutAt = undefined;
    if (isShown) this.#finish(name);
    this.#depth--;
  }

  text(text: string): void {
    if (!this.#isBody || this.#leftOutAt !== undefined) return;
    if (this.#asides.isOpen) this.#asides.text(text);
    else if (this.#paragraphAt !== undefined) this.#show(text.replaceAll(/[\t\n\r ]+/g, " "));
  }

  /** Writes the notes and comments. The caller writes the struck-out words. */
  end(): void {
    this.#flow.end(1);
    this.#asides.writeTo();
  }

  /** True if the element belongs to a note, a comment, a text box or a deletion. */
  #openAside(name: string, attributes: XmlAttributes): boolean {
    const mark = this.#asides.open(name, attributes, { depth: this.#depth, before: this.#before });
    if (mark !== undefined) this.#showDeletion(mark);
    return this.#asides.isOpen || mark !== undefined;
  }

  #showDeletion(words: string): void {
    this.#explained.struckOut.add(words, this.#before);
    this.#isBehindStruck = true;
  }

  #begin(name: string, attributes: XmlAttributes): void {
    const style = attribute(attributes, "style-name");
    if (name === "p" || name === "h") this.#beginParagraph(name, attributes);
    else if (name === "span") this.#beginSpan(`text/${style}`);
    else if (name === "list") this.#lists.openList(attributes);
    else if (name === "list-item") this.#lists.openItem(attributes);
    else if (name === "table") this.#tables++;
    else if (name === "table-cell") this.#isInCell = false;
    else if (name === "tab") this.#show("\t");
    else if (name === "line-break") this.#breakLine();
    else if (name === "s") this.#show(" ".repeat(blanksOf(attributes)));
  }

  #beginParagraph(name: string, attributes: XmlAttributes): void {
    if (this.#isInCell) this.#show(" ");
    this.#isInCell = this.#tables > 0;
    this.#paragraphAt = this.#depth;
    this.#endsInSpace = true;
    const level = Number(attribute(attributes, "outline-level")) || 1;
    if (name === "h") this.#flow.level = Math.min(level, MOST_HEADING_LEVELS);
    const label =
      this.#lists.takeLabel() || (name === "h" ? this.#headingLabel(level, attributes) : "");
    if (label !== "") this.#show(`${label} `);
    this.#beginSpan(`paragraph/${attribute(attributes, "style-name")}`);
  }

  #headingLabel(level: number, attributes: XmlAttributes): string {
    if (attribute(attributes, "is-list-header") === "true") return "";
    const { styles } = this.#explained;
    const counters = this.#headings.next(level, (at) => styles.startOf(OUTLINE, at));
    return styles.label(OUTLINE, counters);
  }

  #beginSpan(style: string): void {
    const { styles } = this.#explained;
    if (styles.isStruck(style)) this.#struckAt.push(this.#depth);
    const position = styles.positionOf(style);
    if (position) this.#shiftedAt.push({ depth: this.#depth, isRaised: position === "super" });
  }

  #finish(name: string): void {
    const note = this.#asides.close(this.#depth);
    if (note !== undefined) return this.#showMark(note);
    if (this.#asides.isOpen) return;
    if (this.#struckAt.at(-1) === this.#depth) this.#endStruck();
    if (this.#shiftedAt.at(-1)?.depth === this.#depth) this.#shiftedAt.pop();
    if (this.#paragraphAt === this.#depth) this.#endParagraph();
    if (name === "list") this.#lists.closeList();
    if (name === "table-cell") this.#endCell();
    if (name === "table-row") this.#flow.end(1);
    if (name === "table") this.#endTable();
  }

  #endParagraph(): void {
    this.#paragraphAt = undefined;
    this.#before += "\n";
    if (this.#tables > 0) return;
    this.#flow.end(2);
    this.#flow.level = undefined;
    for (const box of this.#asides.takeBoxes()) {
      this.#flow.add(box);
      this.#flow.end(2);
    }
  }

  #endCell(): void {
    this.#isInCell = false;
    this.#flow.add("\t");
    this.#endsInSpace = true;
  }

  #endTable(): void {
    this.#tables--;
    this.#flow.end(2);
    this.#flow.level = undefined;
  }

  #endStruck(): void {
    this.#struckAt.pop();
    if (this.#struckAt.length > 0) return;
    this.#showDeletion(this.#struck);
    this.#struck = "";
  }

  #breakLine(): void {
    if (this.#struckAt.length > 0) return this.#show(" ");
    this.#flow.break();
    this.#endsInSpace = true;
  }

  #showMark(mark: string): void {
    if (mark === "") return;
    this.#flow.become("note_mark");
    this.#write(writeRaised(mark, ""));
    this.#flow.become(undefined);
  }

  #show(text: string): void {
    if (this.#struckAt.length > 0) this.#struck += text;
    else this.#showLive(this.#shifted(text));
  }

  #shifted(text: string): string {
    const shift = this.#shiftedAt.at(-1);
    if (!shift) return text;
    return shift.isRaised ? writeRaised(text, this.#before) : writeLowered(text, this.#before);
  }

  #showLive(text: string): void {
    const shown = this.#endsInSpace && text.startsWith(" ") ? text.trimStart() : text;
    if (shown === "") return;
    this.#endsInSpace = shown.endsWith(" ");
    this.#write(this.#isBehindStruck ? textBehindStruck(this.#before, shown) : shown);
    this.#isBehindStruck = false;
  }

  #write(text: string): void {
    this.#before = (this.#before + text.slice(-REMEMBERED)).slice(-REMEMBERED);
    this.#asides.follow(text);
    this.#flow.add(text);
  }
}

function blanksOf(attributes: XmlAttributes): number {
  return Math.min(Math.max(Number(attribute(attributes, "c")) || 1, 1), MOST_BLANKS);
}
