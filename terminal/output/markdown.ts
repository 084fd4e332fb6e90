/** Markdown in a terminal: its text stays as it is, and gets light styles while it streams. */

const RESET = "\u001b[0m";
const BOLD = "\u001b[1m";
const DIM = "\u001b[2m";
const CYAN = "\u001b[36m";

/** A mark that the next piece of the text may make longer. */
const UNFINISHED = /(?:`+|\*+|#+)$/;
const PARTS = /\n|`{3,}|`|\*\*|#+|[^\n`*#]+|\*/g;

/** Styles of a text that comes in pieces. */
export class MarkdownStyles {
  #held = "";
  #isLineStart = true;
  #isHeading = false;
  #isBold = false;
  #isCode = false;
  #isFenced = false;

  /** The piece with its styles, but for a mark at its end, which comes with the next one. */
  style(piece: string): string {
    const text = this.#held + piece;
    this.#held = UNFINISHED.exec(text)?.[0] ?? "";
    return this.#styleAll(text.slice(0, text.length - this.#held.length));
  }

  /** What is left, and the end of all styles. */
  end(): string {
    const rest = this.#styleAll(this.#held);
    this.#held = "";
    const open = this.#codes();
    return open === "" ? rest : `${rest}${RESET}`;
  }

  #styleAll(text: string): string {
    return (text.match(PARTS) ?? []).map((part) => this.#stylePart(part)).join("");
  }

  #stylePart(part: string): string {
    const before = this.#codes();
    if (part === "\n") return this.#endLine(before);
    const isOpening = this.#open(part);
    const during = this.#codes();
    if (!isOpening) this.#close(part);
    this.#isLineStart &&= /^\s*$/.test(part);
    return change(before, during) + part + change(during, this.#codes());
  }

  /** What is bold or code within a line ends with it: a mark without its other half colours no more than that. */
  #endLine(before: string): string {
    this.#isHeading = false;
    this.#isBold = false;
    this.#isCode = false;
    this.#isLineStart = true;
    return `${change(before, this.#codes())}\n`;
  }

  /** True where the part begins a style, which then holds for the mark too. */
  #open(part: string): boolean {
    if (part.startsWith("```") && this.#isLineStart && !this.#isFenced) {
      this.#isFenced = true;
      return true;
    }
    if (this.#isFenced) return false;
    if (part.startsWith("#") && this.#isLineStart && part.length <= 6) {
      this.#isHeading = true;
      return true;
    }
    return this.#openInline(part);
  }

  #openInline(part: string): boolean {
    if (part === "`" && !this.#isCode) {
      this.#isCode = true;
      return true;
    }
    if (part !== "**" || this.#isBold || this.#isCode) return false;
    this.#isBold = true;
    return true;
  }

  #close(part: string): void {
    if (part.startsWith("```") && this.#isLineStart) this.#isFenced = false;
    if (part === "`") this.#isCode = false;
    if (part === "**" && !this.#isCode) this.#isBold = false;
  }

  #codes(): string {
    if (this.#isFenced) return DIM;
    return (this.#isBold || this.#isHeading ? BOLD : "") + (this.#isCode ? CYAN : "");
  }
}

function change(from: string, to: string): string {
  if (from === to) return "";
  return from === "" ? to : RESET + to;
}
