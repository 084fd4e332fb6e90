/**
 * The running text of a document, or of a part of it such as a note. A paragraph is held until it ends, so
 * that its number can be put before it, and what belongs to the page before stands before a paragraph that
 * goes on over the end of the page.
 */
import type { RegionKind } from "../../../../lib/text-regions.ts";
import type { TextFlow, FlowPiece } from "../flow.ts";
import { writeRaised } from "../superscripts.ts";
import type { NumberLabel } from "./numbers/numbering.ts";
import type { StruckOut } from "./struck-out.ts";

/** UTF-16 code units; a longer paragraph is written in stretches. */
const LONGEST_HELD = 20_000;
/** What is known of the text before a place. */
const LONGEST_TAIL = 80;

type Op =
  | { text: string; region?: RegionKind | undefined; level?: number | undefined }
  | { breaks: 1 | "set" };

/** A stretch was left out, and what follows it is not known yet. */
type Gap = { isDeletion: boolean; hasBlank: boolean };

type LiveText = { region?: RegionKind | undefined; isRaised?: boolean };

/**
 * How a paragraph ends: `joined` with the next one, as where its mark is deleted; an `initial` of its first
 * word; `ahead` of it in the same line, as a heading that runs into its text; `in_cell` of a table; or
 * `alone`.
 */
export type ParagraphEnd = "joined" | "initial" | "ahead" | "in_cell" | "alone";

export class StoryText {
  readonly #flow: TextFlow;
  readonly #struckOut: StruckOut;
  #ops: Op[] = [];
  #held = 0;
  /** Something of what is held was written already. */
  #isPartlyWritten = false;
  /** Where among what is held the paragraph begins that is being read. */
  #paragraphAt = 0;
  #tail = "";
  #raised = "";
  #label: NumberLabel | undefined;
  #gap: Gap | undefined;
  #isStruck = false;
  /** The level of the paragraph as a heading. */
  level: number | undefined;

  constructor(flow: TextFlow, struckOut: StruckOut) {
    this.#flow = flow;
    this.#struckOut = struckOut;
  }

  /** The end of the text that stands before this place in its paragraph. */
  get tail(): string {
    return this.#tail === "" ? (this.#label?.text ?? "") : this.#tail + this.#raised;
  }

  /** True where the paragraph has text so far. */
  get hasText(): boolean {
    return this.#tail !== "" || this.#raised !== "";
  }

  /** Takes what stands before the paragraph's first character. */
  number(label: NumberLabel | undefined): void {
    if (!label || !this.hasText) this.#label = label;
    else if (!this.#isPartlyWritten) this.#insertLabel(label);
  }

  /** Adds text that applies. */
  add(text: string, { region, isRaised = false }: LiveText = {}): void {
    if (text === "") return;
    if (isRaised) this.#raised += text;
    if (isRaised && this.#raised.length < LONGEST_TAIL) return;
    this.#writeRaised();
    if (!isRaised) this.#write(text, region);
  }

  /** Adds text that does not apply; `isDeletion` where a reviewer deleted it. */
  strike(text: string, isDeletion: boolean): void {
    if (text === "") return;
    this.#writeRaised();
    if (!this.#isStruck) this.#struckOut.begin(this.tail);
    this.#isStruck = true;
    this.#struckOut.add(text);
    const hasBlank = /^\s|\s$/.test(text) || this.#gap?.hasBlank === true;
    this.#gap = { isDeletion: isDeletion && this.#gap?.isDeletion !== false, hasBlank };
  }

  /** A break within the paragraph. */
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

  /** Keeps words of two paragraphs apart, as their mark did. */
  #join(): void {
    if (this.hasText) this.#gap = { isDeletion: this.#gap?.isDeletion ?? true, hasBlank: true };
  }

  /** Ends the line within a cell of a table. */
  endLine(): void {
    this.#push({ breaks: 1 }, 1);
  }

  /** Divides a cell from the next one. */
  endCell(): void {
    this.#push({ text: "\t" }, 1);
    this.#forget();
  }

  /** Ends the text that a paragraph whose mark was deleted left. */
  beginTable(): void {
    if (this.hasText) this.endBlock(2);
  }

  /** Ends a row, with one line break, or whatever else stands alone. */
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
   * Begins a page. What stands at the foot of the one before comes behind its text; where a paragraph or a
   * row goes on over the end of the page (`isWithin`), before it, if it was not too long to be held.
   */
  turnPage(foot: readonly FlowPiece[][], isWithin: boolean): void {
    this.#writeRaised();
    if (!isWithin || this.#isPartlyWritten) this.#flush();
    for (const pieces of foot) this.#flow.insert(pieces);
    this.#flush();
    this.#flow.turnPage();
  }

  /** Adds paragraphs that are complete, between two others. */
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
   * What follows a stretch that was left out, kept apart from what stands before it. A word of which a
   * reviewer deleted letters stays one.
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

/** What a blank never stands behind. */
const OPEN = /[\p{Ps}\p{Pi}]$/u;
