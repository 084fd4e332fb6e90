/** Running text out of elements: paragraphs with an empty line between them, lines within them. */
import type { RegionKind } from "../../../lib/text-regions.ts";
import type { PageWriter, TextRole } from "./pages.ts";

/** UTF-16 code units; a longer paragraph is written in stretches. */
const LONGEST_HELD = 20_000;

/** Text, and what it is. */
export type FlowPiece = TextRole & { text: string };

export class TextFlow {
  readonly #writer: Pick<PageWriter, "write" | "turnPage">;
  #pieces: string[] = [];
  #held = 0;
  #region: RegionKind | undefined;
  /** Line breaks that are due before the next text. */
  #breaks = 0;
  /** True where text stands before the breaks. */
  #begun = false;
  #level: number | undefined;

  constructor(writer: Pick<PageWriter, "write" | "turnPage">) {
    this.#writer = writer;
  }

  /** The level of the heading that the text from here on belongs to. */
  get level(): number | undefined {
    return this.#level;
  }

  set level(level: number | undefined) {
    if (level !== this.#level) this.#flush(false);
    this.#level = level;
  }

  /** Adds text to the line. */
  add(text: string): void {
    if (text === "") return;
    this.#pieces.push(storable(text));
    this.#held += text.length;
    if (this.#held > LONGEST_HELD) this.#flush(false);
  }

  /** Changes what the text from here on is, in the middle of a line too. */
  become(region: RegionKind | undefined): void {
    if (region === this.#region) return;
    this.#flush(false);
    this.#region = region;
  }

  /** Ends the line: one break, or two for a paragraph. They are never more, whatever asks for them. */
  end(breaks: 1 | 2): void {
    this.#flush(true);
    this.#breaks = Math.max(this.#breaks, breaks);
  }

  /** Adds a paragraph that is complete, as it stands. */
  insert(pieces: readonly FlowPiece[]): void {
    this.end(2);
    this.#writeBreaks();
    for (const { text, ...role } of pieces) this.#writer.write(storable(text), role);
    this.#begun = true;
    this.#breaks = 2;
  }

  /** A break that someone set: the second in a row makes an empty line. */
  break(): void {
    const isEmpty = this.#held === 0;
    this.end(1);
    if (isEmpty && this.#begun) this.#breaks = 2;
  }

  /** Turns the page of the writer: the breaks that are due stay on the page before. */
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

/** Postgres stores no NUL; other control characters are never seen, and mean nothing. */
export function storable(text: string): string {
  return text.replaceAll(CONTROLS, "").toWellFormed();
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
