/** Builds running text from elements: an empty line between paragraphs, one break between lines. */
import type { RegionKind } from "../../../lib/text-regions.ts";
import type { PageWriter, TextRole } from "./pages.ts";

/** In UTF-16 code units. A longer paragraph is written in several parts. */
const LONGEST_HELD = 20_000;

/** Text and its role. */
export type FlowPiece = TextRole & { text: string };

export class TextFlow {
  readonly #writer: Pick<PageWriter, "write" | "turnPage">;
  #pieces: string[] = [];
  #held = 0;
  #region: RegionKind | undefined;
  /** Line breaks to write before the next text. */
  #breaks = 0;
  /** True if there is text before the breaks. */
  #begun = false;
  #level: number | undefined;

  constructor(writer: Pick<PageWriter, "write" | "turnPage">) {
    this.#writer = writer;
  }

  /** The heading level of the text that follows; undefined for other text. */
  get level(): number | undefined {
    return this.#level;
  }

  set level(level: number | undefined) {
    if (level !== this.#level) this.#flush(false);
    this.#level = level;
  }

  /** Appends text to the line. */
  add(text: string): void {
    if (text === "") return;
    this.#pieces.push(storable(text));
    this.#held += text.length;
    if (this.#held > LONGEST_HELD) this.#flush(false);
  }

  /** Sets the region of the text that follows, also within a line. */
  become(region: RegionKind | undefined): void {
    if (region === this.#region) return;
    this.#flush(false);
    this.#region = region;
  }

  /** Ends the line with one break, or a paragraph with two. Repeated calls never add up to more. */
  end(breaks: 1 | 2): void {
    this.#flush(true);
    this.#breaks = Math.max(this.#breaks, breaks);
  }

  /** Inserts a complete paragraph unchanged. */
  insert(pieces: readonly FlowPiece[]): void {
    this.end(2);
    this.#writeBreaks();
    for (const { text, ...role } of pieces) this.#writer.write(storable(text), role);
    this.#begun = true;
    this.#breaks = 2;
  }

  /** Adds an explicit line break. Two in a row make an empty line. */
  break(): void {
    const isEmpty = this.#held === 0;
    this.end(1);
    if (isEmpty && this.#begun) this.#breaks = 2;
  }

  /** Moves the writer to the next page. Pending breaks stay on the page before. */
  turnPage(): void {
    this.end(1);
    this.#writeBreaks();
    this.#writer.turnPage();
  }

  #flush(isEnd: boolean): void {
    const joined = this.#pieces.join("");
    const text = isEnd ? joined.trimEnd() : joined;
    this.#pieces = [];
    this.#held = 0;
    if (text === "") return;
    this.#writeBreaks();
    this.#begun = true;
    this.#writer.write(text, { level: this.#level, region: this.#region });
  }

  #writeBreaks(): void {
    if (this.#begun) this.#writer.write("\n".repeat(this.#breaks));
    this.#begun = false;
    this.#breaks = 0;
  }
}

/**
 * Removes control characters: Postgres stores no NUL, and the others are invisible and meaningless.
 */
export function storable(text: string): string {
  return text.replaceAll(CONTROLS, "").toWellFormed();
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
