/** The running text of a Word document: its paragraphs, lists and tables. */
import { headingLevel, levelOfOutline, type WordStyles } from "./docx-styles.ts";
import type { TextFlow } from "./flow.ts";

/** Taken out by a reviewer, or there for programs that cannot show what is beside it. */
const UNREAD = new Set(["w:del", "w:moveFrom", "mc:Fallback", "w:rt"]);

/** How a paragraph looked before a reviewer changed it. */
const FORMER = /^w:\w+Change$/;

const CHARACTERS: Record<string, string> = {
  "w:tab": "\t",
  "w:ptab": "\t",
  "w:noBreakHyphen": "\u2011",
  "w:softHyphen": "",
};

export class WordBody {
  /** True once an element of a Word document was seen. */
  isWord = false;
  readonly #flow: TextFlow;
  readonly #styles: WordStyles;
  #depth = 0;
  #unreadAt: number | undefined;
  #paragraphs = 0;
  #cells = 0;
  #inProperties = false;
  #isText = false;
  #isHiddenRun = false;
  /** A paragraph of a cell has ended: the next one of the same cell begins a line. */
  #breakInCell = false;
  /** The page was turned by the author, and nothing stands on the new one yet. */
  #turnedByAuthor = false;

  constructor(flow: TextFlow, styles: WordStyles) {
    this.#flow = flow;
    this.#styles = styles;
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#depth++;
    this.isWord ||= name.startsWith("w:");
    if (this.#unreadAt !== undefined) return;
    if (UNREAD.has(name) || FORMER.test(name)) this.#unreadAt = this.#depth;
    else this.#begin(name, attributes);
  }

  close(name: string): void {
    const isRead = this.#unreadAt === undefined;
    if (this.#unreadAt === this.#depth) this.#unreadAt = undefined;
    this.#depth--;
    if (isRead) this.#finish(name);
  }

  text(text: string): void {
    if (this.#isText && this.#unreadAt === undefined && !this.#isHiddenRun) this.#add(text);
  }

  #add(text: string): void {
    if (text === "") return;
    if (this.#breakInCell) this.#flow.end(1);
    this.#breakInCell = false;
    this.#turnedByAuthor = false;
    this.#flow.add(text);
  }

  #begin(name: string, attributes: Record<string, string>): void {
    switch (name) {
      case "w:p":
        // A text box stands within the paragraph that it is tied to.
        if (this.#paragraphs++ > 0) this.#endParagraph();
        break;
      case "w:pPr":
        this.#inProperties = true;
        break;
      case "w:r":
        this.#isHiddenRun = false;
        break;
      case "w:t":
      case "m:t":
        this.#isText = true;
        break;
      case "w:tc":
        this.#cells++;
        this.#breakInCell = false;
        break;
      default:
        this.#mark(name, attributes);
    }
  }

  /** What has no content of its own. */
  #mark(name: string, attributes: Record<string, string>): void {
    const value = attributes["w:val"] ?? "";
    if (this.#inProperties) return this.#property(name, value);
    if (name === "w:vanish") this.#isHiddenRun = isOn(value);
    else if (name === "w:lastRenderedPageBreak") this.#pageWasTurned();
    else if (name === "w:br" || name === "w:cr") this.#break(attributes["w:type"]);
    else this.#add(CHARACTERS[name] ?? "");
  }

  #property(name: string, value: string): void {
    if (name === "w:pStyle") this.#flow.level ??= this.#styles.levelOf(value);
    if (name === "w:outlineLvl") this.#flow.level = headingLevel(levelOfOutline(value));
    if (name === "w:pageBreakBefore" && isOn(value)) this.#turnPage();
  }

  #break(type: string | undefined): void {
    if (type === "page") this.#turnPage();
    else if (type !== "column") this.#flow.break();
  }

  #turnPage(): void {
    this.#flow.turnPage();
    this.#turnedByAuthor = true;
  }

  /** Where the last program to lay the document out began a page: it notes the author's breaks too. */
  #pageWasTurned(): void {
    if (!this.#turnedByAuthor) this.#flow.turnPage();
    this.#turnedByAuthor = false;
  }

  #finish(name: string): void {
    if (name === "w:p") this.#closeParagraph();
    else if (name === "w:pPr") this.#inProperties = false;
    else if (name === "w:t" || name === "m:t") this.#isText = false;
    else if (name === "w:tc") this.#endCell();
    else if (name === "w:tr") this.#flow.end(1);
    else if (name === "w:tbl") this.#flow.end(2);
  }

  #closeParagraph(): void {
    this.#paragraphs--;
    this.#endParagraph();
  }

  #endParagraph(): void {
    if (this.#cells === 0) this.#flow.end(2);
    else this.#breakInCell = true;
    this.#flow.level = undefined;
  }

  #endCell(): void {
    this.#cells--;
    this.#breakInCell = false;
    this.#flow.add("\t");
  }
}

/** A property that is named is on, unless it says otherwise. */
function isOn(value: string): boolean {
  return !/^(?:0|false|off)$/.test(value);
}
