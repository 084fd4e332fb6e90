/** Converts the elements of a page to running text. */
import type { RegionKind } from "../../../../lib/text-regions.ts";
import { TextFlow } from "../flow.ts";
import type { MarkupHandler } from "../markup.ts";
import type { PageWriter } from "../pages.ts";
import { writeLowered, writeRaised } from "../superscripts.ts";
import { blankBetween, StruckOutWords } from "../struck-out.ts";
import { isHidden } from "./hidden.ts";
import { ListMarks } from "./list-marks.ts";
import { StrikingStyles } from "./struck.ts";

const PARAGRAPHS = new Set(
  "article blockquote dl fieldset figure form hr ol p pre section table ul".split(" "),
);
const LINES = new Set(
  "address aside body caption center dd details dialog div dt figcaption footer header html legend li main menu nav optgroup option summary tbody tfoot thead tr".split(
    " ",
  ),
);
const HEADING = /^h([1-6])$/;
const LISTS = new Set(["ol", "ul", "menu", "dir"]);

/** UTF-16 code units; a longer superscript is written as normal text. */
const LONGEST_SHIFTED = 200;
/** UTF-16 code units of the preceding running text that are kept for context. */
const REMEMBERED = 200;

const NOTES = /(?:^|;)\s*mso-element\s*:\s*(?:foot|end)note\s*(?:;|$)/i;
const NOTE_ROLES = /^doc-(?:foot|end)notes?$/;

type Attributes = Record<string, string>;
type Shifted = { depth: number; isRaised: boolean; isMark: boolean; text: string };

export class VisibleText implements MarkupHandler {
  readonly #writer: PageWriter;
  readonly #flow: TextFlow;
  readonly #styles = new StrikingStyles();
  readonly #lists = new ListMarks();
  readonly #struckOut = new StruckOutWords();
  #depth = 0;
  /** The depths of the outermost hidden element, struck-out element, and note. */
  #hiddenAt: number | undefined;
  #struckAt: number | undefined;
  #noteAt: number | undefined;
  #shifted: Shifted | undefined;
  #isStyle = false;
  #preformatted = 0;
  #endsInSpace = true;
  /** The last characters of the running text. */
  #before = "";
  #struck: string[] = [];
  /** True right after struck-out words. */
  #isBehindStruck = false;
  /** The marks of list items whose text has not begun. */
  #marks: string[] = [];

  constructor(writer: PageWriter) {
    this.#writer = writer;
    this.#flow = new TextFlow(writer);
  }

  open(name: string, attributes: Attributes): void {
    this.#depth++;
    if (name === "style") this.#isStyle = true;
    if (this.#hiddenAt !== undefined) return;
    if (isHidden(name, attributes)) this.#hiddenAt = this.#depth;
    else this.#begin(name, attributes);
  }

  close(name: string): void {
    const isShown = this.#hiddenAt === undefined;
    if (name === "style") this.#endStyle();
    if (this.#hiddenAt === this.#depth) this.#hiddenAt = undefined;
    if (isShown) this.#finish(name);
    this.#depth--;
  }

  text(text: string): void {
    if (this.#hiddenAt !== undefined) {
      if (this.#isStyle) this.#styles.add(text);
    } else if (this.#preformatted > 0) this.#show(text);
    else this.#show(text.replaceAll(/[\t\n\f\r ]+/g, " "));
  }

  end(): void {
    this.#flow.end(1);
    this.#struckOut.writeTo(this.#writer);
  }

  #endStyle(): void {
    this.#styles.endSheet();
    this.#isStyle = false;
  }

  #begin(name: string, attributes: Attributes): void {
    if (this.#struckAt === undefined && this.#styles.isStruck(name, attributes)) {
      this.#endShifted();
      this.#writeMarks();
      this.#struckAt = this.#depth;
    }
    if (LISTS.has(name)) this.#lists.open(name, attributes);
    if (name === "br") return this.#breakLine();
    this.#breakFor(name);
    if (name === "pre") this.#preformatted++;
    if (name === "li") this.#beginItem(attributes);
    this.#beginNote(attributes);
    this.#beginShifted(name, attributes);
    const level = HEADING.exec(name)?.[1];
    if (level !== undefined) this.#flow.level = Number(level);
  }

  #beginItem(attributes: Attributes): void {
    const mark = this.#lists.item(attributes);
    if (mark === "") return;
    if (this.#struckAt === undefined) this.#marks.push(mark);
    else this.#struck.push(`${mark} `);
  }

  #beginNote({ style = "", role = "" }: Attributes): void {
    if (this.#noteAt !== undefined || !(NOTES.test(style) || NOTE_ROLES.test(role))) return;
    this.#noteAt = this.#depth;
    this.#flow.become("note");
  }

  #beginShifted(name: string, { href, class: classes = "" }: Attributes): void {
    const isWordMark = /\bMso(?:Foot|End)noteReference\b/.test(classes);
    if (this.#shifted) this.#shifted.isMark ||= isWordMark || href?.startsWith("#") === true;
    else if (name === "sup" || name === "sub" || isWordMark) {
      const isRaised = name !== "sub";
      this.#shifted = { depth: this.#depth, isRaised, isMark: isWordMark, text: "" };
    }
  }

  #finish(name: string): void {
    if (this.#shifted?.depth === this.#depth) this.#endShifted();
    if (this.#noteAt === this.#depth) this.#endNote();
    if (name === "td" || name === "th") this.#endCell();
    if (name === "li") this.#writeMarks();
    this.#breakFor(name);
    if (LISTS.has(name)) this.#lists.close();
    if (name === "pre") this.#preformatted--;
    if (HEADING.test(name)) this.#flow.level = undefined;
    if (this.#struckAt === this.#depth) this.#endStruck();
  }

  #breakLine(): void {
    if (this.#struckAt !== undefined) return this.#show(" ");
    this.#endsInSpace = true;
    this.#before += "\n";
    this.#flow.break();
  }

  #breakFor(name: string): void {
    const isParagraph = PARAGRAPHS.has(name) || HEADING.test(name);
    if (!isParagraph && !LINES.has(name)) return;
    this.#endShifted();
    if (this.#struckAt !== undefined) this.#struck.push(" ");
    this.#flow.end(isParagraph ? 2 : 1);
    this.#before += "\n";
    this.#endsInSpace = true;
  }

  /** Separates cells with tabs. The end of the line removes the tab after the last cell. */
  #endCell(): void {
    this.#endShifted();
    this.#write("\t");
    this.#endsInSpace = true;
  }

  #endStruck(): void {
    this.#endShifted();
    this.#struckOut.add(this.#struck.join(""), this.#before);
    this.#struck = [];
    this.#struckAt = undefined;
    this.#isBehindStruck = true;
  }

  #endNote(): void {
    this.#endShifted();
    this.#noteAt = undefined;
    this.#flow.end(1);
    this.#flow.become(undefined);
  }

  #show(text: string): void {
    if (this.#shifted) this.#shift(this.#shifted, text);
    else this.#showText(text);
  }

  #shift(shifted: Shifted, text: string): void {
    shifted.text += text;
    if (shifted.text.length <= LONGEST_SHIFTED) return;
    this.#shifted = undefined;
    this.#showText(shifted.text);
  }

  #endShifted(): void {
    const shifted = this.#shifted;
    if (!shifted) return;
    this.#shifted = undefined;
    const { text, isRaised, isMark } = shifted;
    const before = this.#struckAt === undefined ? this.#before : (this.#struck.at(-1) ?? "");
    if (!isMark) return this.#showText((isRaised ? writeRaised : writeLowered)(text, before));
    if (this.#struckAt !== undefined) return this.#showText(writeRaised(text, before));
    this.#flow.become("note_mark");
    this.#showText(writeRaised(text, this.#before));
    this.#flow.become(this.#region);
  }

  get #region(): RegionKind | undefined {
    return this.#noteAt === undefined ? undefined : "note";
  }

  /** Skips a blank at the start of a line or after another blank, as browsers do. */
  #showText(text: string): void {
    if (this.#struckAt !== undefined) return void this.#struck.push(text);
    const isTrimmed = this.#endsInSpace && this.#preformatted === 0;
    const shown = isTrimmed && text.startsWith(" ") ? text.slice(1) : text;
    if (shown === "") return;
    this.#writeMarks();
    if (this.#isBehindStruck) this.#write(blankBetween(this.#before, shown));
    this.#isBehindStruck = false;
    this.#endsInSpace = /[\t\n\f\r ]$/.test(shown);
    this.#write(shown);
  }

  #writeMarks(): void {
    for (const mark of this.#marks.splice(0)) this.#write(`${mark} `);
  }

  #write(text: string): void {
    this.#writer.countUnreadable(text.split("\uFFFD").length - 1);
    this.#before = (this.#before + text.slice(-REMEMBERED)).slice(-REMEMBERED);
    this.#flow.add(text);
  }
}
