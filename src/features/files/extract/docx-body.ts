/** The running text of a Word document: its paragraphs, lists and tables. */
import { levelNumber, type Numbered, type WordNumbering } from "./docx-numbering.ts";
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
  readonly #numbering: WordNumbering;
  #depth = 0;
  #unreadAt: number | undefined;
  #paragraphs = 0;
  #cells = 0;
  #inProperties = false;
  #isText = false;
  #isHiddenRun = false;
  /** A paragraph of a cell has ended: the next one of the same cell begins a line. */
  #breakInCell = false;
  #hasCellText = false;
  /** The page was turned by the author, and nothing stands on the new one yet. */
  #turnedByAuthor = false;

  #style = "";
  #list: Partial<Numbered> = {};
  /** What stands before the paragraph's first character. */
  #label = "";

  constructor(flow: TextFlow, styles: WordStyles, numbering: WordNumbering) {
    this.#flow = flow;
    this.#styles = styles;
    this.#numbering = numbering;
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
    this.#hasCellText = true;
    this.#turnedByAuthor = false;
    if (this.#label !== "") this.#flow.add(`${this.#label} `);
    this.#label = "";
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
        this.#hasCellText = false;
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
    if (name === "w:pStyle") this.#beginStyle(value);
    if (name === "w:numId") this.#list.list = value;
    if (name === "w:ilvl") this.#list.level = levelNumber(value);
    if (name === "w:outlineLvl") this.#flow.level = headingLevel(levelOfOutline(value));
    if (name === "w:pageBreakBefore" && isOn(value)) this.#turnPage();
  }

  #beginStyle(style: string): void {
    this.#style = style;
    this.#flow.level ??= this.#styles.levelOf(style);
  }

  /** What a paragraph says of its list goes before what its style says. */
  #number(): void {
    const ofStyle = this.#styles.listOf(this.#style);
    const list = this.#list.list ?? ofStyle?.list;
    if (list === undefined) return;
    const level =
      this.#list.level ?? ofStyle?.level ?? this.#numbering.levelOfStyle(list, this.#style);
    this.#label = this.#numbering.next({ list, level: level ?? 0 });
  }

  #endProperties(): void {
    this.#inProperties = false;
    this.#number();
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
    else if (name === "w:pPr") this.#endProperties();
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
    else this.#breakInCell = this.#hasCellText;
    this.#flow.level = undefined;
    this.#style = "";
    this.#list = {};
    this.#label = "";
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
