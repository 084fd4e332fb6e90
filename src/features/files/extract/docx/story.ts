/**
 * The running text of a document or of a part of it, such as a note. A paragraph is buffered until it ends, so
 * that its number can be inserted before it, and so that the footnotes of a page can be written before a
 * paragraph that continues on the next page.
 */
import type { RegionKind } from "../../../../lib/text-regions.ts";
import type { TextFlow, FlowPiece } from "../flow.ts";
import { writeRaised } from "../superscripts.ts";
import type { NumberLabel } from "./numbers/numbering.ts";
import type { StruckOut } from "./struck-out.ts";

/** UTF-16 code units; a longer paragraph is written in several pieces. */
const LONGEST_HELD = 20_000;
/** UTF-16 code units of the preceding text that are kept for context. */
const LONGEST_TAIL = 80;

type Op =
  | { text: string; region?: RegionKind | undefined; level?: number | undefined }
  | { breaks: 1 | "set" };

/** A stretch that was left out, until the text after it is known. */
type Gap = { isDeletion: boolean; hasBlank: boolean };

type LiveText = { region?: RegionKind | undefined; isRaised?: boolean };

/**
 * How a paragraph ends: `joined` with the next one, because its mark is deleted; as a drop cap (`initial`) of
 * the next one; `ahead` of the next one on the same line, such as a run-in heading; `in_cell` of a table; or
 * `alone`.
 */
export type ParagraphEnd = "joined" | "initial" | "ahead" | "in_cell" | "alone";

export class StoryText {
  readonly #flow: TextFlow;
  readonly #struckOut: StruckOut;
  #ops: Op[] = [];
  #held = 0;
  /** True if a part of the paragraph has been written. */
  #isPartlyWritten = false;
  /** The index of the first operation of the current paragraph. */
  #paragraphAt = 0;
  #tail = "";
  #raised = "";
  #label: NumberLabel | undefined;
  #gap: Gap | undefined;
  #isStruck = false;
  /** The heading level of the paragraph; undefined for body text. */
  level: number | undefined;

  constructor(flow: TextFlow, struckOut: StruckOut) {
    this.#flow = flow;
    this.#struckOut = struckOut;
  }

  /** The last characters of the paragraph so far. */
  get tail(): string {
    return this.#tail === "" ? (this.#label?.text ?? "") : this.#tail + this.#raised;
  }

  /** True if the paragraph has text so far. */
  get hasText(): boolean {
    return this.#tail !== "" || this.#raised !== "";
  }

  /** Sets the number of the paragraph, which is written before its text. */
  number(label: NumberLabel | undefined): void {
    if (!label || !this.hasText) this.#label = label;
    else if (!this.#isPartlyWritten) this.#insertLabel(label);
  }

  /** Adds text that is not struck out. */
  add(text: string, { region, isRaised = false }: LiveText = {}): void {
    if (text === "") return;
    if (isRaised) this.#raised += text;
    if (isRaised && this.#raised.length < LONGEST_TAIL) return;
    this.#writeRaised();
    if (!isRaised) this.#write(text, region);
  }

  /** Adds struck-out text. `isDeletion`: it is a tracked deletion. */
  strike(text: string, isDeletion: boolean): void {
    if (text === "") return;
    this.#writeRaised();
    if (!this.#isStruck) this.#struckOut.begin(this.tail);
    this.#isStruck = true;
    this.#struckOut.add(text);
    const hasBlank = /^\s|\s$/.test(text) || this.#gap?.hasBlank === true;
    this.#gap = { isDeletion: isDeletion && this.#gap?.isDeletion !== false, hasBlank };
  }

  /** Writes a line break within the paragraph. */
  break(): void {
    this.#writeRaised();
    this.#push({ breaks: "set" }, 1);
    this.#gap = undefined;
  }

  endParagraph(end: ParagraphEnd): void {
    this.#writeRaised();
    this.#label = undefined;
    this.#isStruck = false;
    if (end === "joined") return this.#join();
    if (end === "initial") return;
    this.#paragraphAt = this.#ops.length;
    this.level = undefined;
    if (end === "ahead") this.#gap = { isDeletion: false, hasBlank: true };
    else this.#forget();
    if (end === "alone") this.endBlock(2);
  }

  /** Keeps the words of two joined paragraphs apart. */
  #join(): void {
    if (this.hasText) this.#gap = { isDeletion: this.#gap?.isDeletion ?? true, hasBlank: true };
  }

  /** Ends the line within a cell of a table. */
  endLine(): void {
    this.#push({ breaks: 1 }, 1);
  }

  /** Separates a cell from the next one. */
  endCell(): void {
    this.#push({ text: "\t" }, 1);
    this.#forget();
  }

  /** Ends the text of a paragraph whose mark was deleted. */
  beginTable(): void {
    if (this.hasText) this.endBlock(2);
  }

  /** Ends a row with one line break, or another block with two. */
  endBlock(breaks: 1 | 2): void {
    this.#writeRaised();
    this.#flush();
    this.#flow.end(breaks);
    this.#flow.become(undefined);
    this.#flow.level = undefined;
    this.#isPartlyWritten = false;
    this.#forget();
  }

  /**
   * Begins a page. The `foot` of the previous page is written after its text. If a paragraph or a row continues
   * on the next page (`isWithin`), the foot is written before it, unless it is too long to be buffered.
   */
  turnPage(foot: readonly FlowPiece[][], isWithin: boolean): void {
    this.#writeRaised();
    if (!isWithin || this.#isPartlyWritten) this.#flush();
    for (const pieces of foot) this.#flow.insert(pieces);
    this.#flush();
    this.#flow.turnPage();
  }

  /** Inserts complete paragraphs between two others. */
  insert(paragraphs: readonly (readonly FlowPiece[])[]): void {
    if (paragraphs.length === 0) return;
    this.endBlock(2);
    for (const pieces of paragraphs) this.#flow.insert(pieces);
  }

  #forget(): void {
    this.#tail = "";
    this.#gap = undefined;
    this.#isStruck = false;
  }

  #writeRaised(): void {
    if (this.#raised === "") return;
    const raised = this.#raised;
    this.#raised = "";
    this.#write(writeRaised(raised, this.#tail), undefined);
  }

  #write(text: string, region: RegionKind | undefined): void {
    const next = this.#closeGap(text);
    if (next === "") return;
    if (this.#label) this.#writeLabel(this.#label, next);
    this.#isStruck = false;
    this.#tail = (this.#tail + next).slice(-LONGEST_TAIL);
    this.#push({ text: next, region, ...(!region && { level: this.level }) }, next.length);
  }

  #writeLabel({ text, gap }: NumberLabel, next: string): void {
    this.#label = undefined;
    const isGlued = gap === "" && /[\p{L}\p{N}]$/u.test(text) && /^[\p{L}\p{N}]/u.test(next);
    const label = text === "" ? "" : text + (isGlued ? " " : gap);
    this.#tail = label;
    this.#push({ text: label, level: this.level }, label.length);
  }

  #insertLabel({ text, gap }: NumberLabel): void {
    const op: Op = { text: text + gap, level: this.level };
    this.#ops.splice(this.#paragraphAt, 0, op);
  }

  /**
   * The text after a stretch that was left out, with a blank before it if it needs one. A word of which only
   * some letters were deleted stays one word.
   */
  #closeGap(text: string): string {
    const gap = this.#gap;
    if (!gap) return text;
    const isAfterBlank = this.#tail === "" || /\s$/.test(this.#tail);
    const next = isAfterBlank ? text.replace(/^ +/, "") : text;
    if (next === "") return "";
    this.#gap = undefined;
    const isApart = isAfterBlank || /^[\s\p{Pe}\p{Pf}.,;:!?%]/u.test(next) || OPEN.test(this.#tail);
    return isApart || (gap.isDeletion && !gap.hasBlank) ? next : ` ${next}`;
  }

  #push(op: Op, length: number): void {
    this.#ops.push(op);
    this.#held += length;
    if (this.#held <= LONGEST_HELD) return;
    this.#isPartlyWritten = true;
    this.#flush();
  }

  #flush(): void {
    for (const op of this.#ops) this.#writeOp(op);
    this.#ops = [];
    this.#held = 0;
    this.#paragraphAt = 0;
  }

  #writeOp(op: Op): void {
    if ("breaks" in op) {
      if (op.breaks === 1) this.#flow.end(1);
      else this.#flow.break();
      return;
    }
    this.#flow.level = op.level;
    this.#flow.become(op.region);
    this.#flow.add(op.text);
  }
}

/** Punctuation that is never followed by a blank. */
const OPEN = /[\p{Ps}\p{Pi}]$/u;
