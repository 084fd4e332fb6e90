/** Parses headings that begin with `#`, and strikethrough, in Markdown outside of code. */
import type { PageWriter } from "../pages.ts";
import { StruckOutWords } from "../struck-out.ts";
import { type MarkdownStretch, markdownStretchesOf } from "./strikethrough.ts";

const HEADING = /^ {0,3}(#{1,6})[ \t]+(?=\S)/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** UTF-16 code units; a longer line is not a heading, and is written without waiting for its end. */
const LONGEST_LINE = 10_000;
/** UTF-16 code units; a longer paragraph is processed in parts. */
const LONGEST_PARAGRAPH = 50_000;

export class MarkdownText {
  readonly #writer: PageWriter;
  readonly #struckOut = new StruckOutWords();
  /** The closing fence of the current code block; undefined outside of code. */
  #fence: string | undefined;
  #line = "";
  /** The lines of the current paragraph. */
  #paragraph: string[] = [];
  #paragraphLength = 0;

  constructor(writer: PageWriter) {
    this.#writer = writer;
  }

  add(text: string): void {
    const lines = (this.#line + text).split(/(?<=\n)/);
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#read(line);
    if (this.#line.length <= LONGEST_LINE) return;
    this.#read(this.#line);
    this.#line = "";
  }

  end(): void {
    if (this.#line !== "") this.#read(this.#line);
    this.#endParagraph();
    this.#struckOut.writeTo(this.#writer);
  }

  #read(line: string): void {
    const isCode = this.#readFence(line);
    const [before = "", marks = ""] = (!isCode && HEADING.exec(line)) || [];
    const isParagraph = !isCode && marks === "" && line.trim() !== "" && !INDENTED.test(line);
    if (isParagraph) return this.#addToParagraph(line);
    this.#endParagraph();
    if (marks === "" || line.length > LONGEST_LINE) this.#write(line);
    else this.#writeHeading(line, before.length, marks.length);
  }

  /** Handles code blocks. True for a line of code and for a fence. */
  #readFence(line: string): boolean {
    const fence = FENCE.exec(line)?.[1];
    if (this.#fence === undefined) {
      this.#fence = fence;
      return fence !== undefined;
    }
    if (fence?.startsWith(this.#fence)) this.#fence = undefined;
    return true;
  }

  #addToParagraph(line: string): void {
    // A list item begins a new paragraph.
    if (ITEM.test(line)) this.#endParagraph();
    this.#paragraph.push(line);
    this.#paragraphLength += line.length;
    if (this.#paragraphLength > LONGEST_PARAGRAPH) this.#endParagraph();
  }

  #endParagraph(): void {
    const paragraph = this.#paragraph.join("");
    this.#paragraph = [];
    this.#paragraphLength = 0;
    if (paragraph !== "") this.#writeStretches(markdownStretchesOf(paragraph));
  }

  #writeHeading(line: string, start: number, level: number): void {
    const heading = withoutClosing(line.slice(start));
    this.#write(line.slice(0, start));
    const live = this.#withoutStruck(markdownStretchesOf(heading));
    this.#write(live, level);
    this.#write(line.slice(start + heading.length));
  }

  #writeStretches(stretches: MarkdownStretch[]): void {
    this.#write(this.#withoutStruck(stretches));
  }

  #withoutStruck(stretches: MarkdownStretch[]): string {
    let live = "";
    for (const { text, isStruck } of stretches) {
      if (isStruck) this.#struckOut.add(text, live);
      else live += text;
    }
    return live;
  }

  #write(text: string, level?: number): void {
    this.#writer.countUnreadable(text.split("\uFFFD").length - 1);
    this.#writer.write(text, { level });
  }
}

const INDENTED = /^(?: {4}|\t)/;
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]/;

/** Removes the optional closing `#` characters of a heading. */
function withoutClosing(text: string): string {
  const heading = text.trimEnd();
  let end = heading.length;
  while (heading[end - 1] === "#") end--;
  const isClosing = /[ \t]/.test(heading[end - 1] ?? "");
  return isClosing ? heading.slice(0, end).trimEnd() : heading;
}
