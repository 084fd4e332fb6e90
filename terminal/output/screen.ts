/** What the person sees. Text of others passes here alone, made harmless. */
import { MarkdownStyles } from "./markdown.ts";
import { neutralise } from "./neutralise.ts";

type Stream = NodeJS.WriteStream;

/**
 * Standard output has the answers and the lists; standard error the prompts, progress and failures. So the output of a
 * script is the answer alone.
 */
export class Screen {
  readonly #out: Stream;
  readonly #notes: Stream;
  #isLineStart = true;
  #hasProgress = false;

  constructor(out: Stream, notes: Stream) {
    this.#out = out;
    this.#notes = notes;
  }

  /** A line of output. */
  print(line: string): void {
    this.#beginLine();
    this.#write(`${neutralise(line)}\n`);
  }

  /** A line about what happens. */
  note(line: string): void {
    this.#beginNote();
    this.#notes.write(`${this.#faint(neutralise(line))}\n`);
  }

  /** A line that replaces the one before on a terminal. Elsewhere every line is written. */
  progress(line: string): void {
    if (!this.#notes.isTTY) return this.note(line);
    if (!this.#hasProgress) this.#beginNote();
    this.#hasProgress = true;
    this.#notes.write(`\r\u001b[K${neutralise(line)}`);
  }

  /** Writes the pieces of a text in Markdown. */
  markdown(): { write: (piece: string) => void; end: () => void } {
    const styles = hasColors(this.#out) ? new MarkdownStyles() : undefined;
    const put = (text: string) => {
      if (text !== "") this.#write(text);
    };
    return {
      write: (piece) => {
        this.#endProgress();
        const text = neutralise(piece);
        put(styles ? styles.style(text) : text);
      },
      end: () => {
        put(styles?.end() ?? "");
        this.#beginLine();
      },
    };
  }

  /** A line that is no text for a person, as it is. */
  data(line: string): void {
    this.#out.write(`${line}\n`);
  }

  #write(text: string): void {
    this.#out.write(text);
    this.#isLineStart = text.endsWith("\n");
  }

  #beginLine(): void {
    this.#endProgress();
    if (!this.#isLineStart) this.#write("\n");
  }

  /** Between two pieces of an answer, the file that it is written to gets no line break. */
  #beginNote(): void {
    this.#endProgress();
    const isOneTerminal = this.#out.isTTY && this.#notes.isTTY;
    if (isOneTerminal && !this.#isLineStart) this.#write("\n");
  }

  #endProgress(): void {
    if (this.#hasProgress) this.#notes.write("\n");
    this.#hasProgress = false;
  }

  #faint(text: string): string {
    return hasColors(this.#notes) ? `\u001b[2m${text}\u001b[0m` : text;
  }
}

/** Only of a terminal, and not with NO_COLOR. */
function hasColors(stream: Stream): boolean {
  return stream.isTTY && stream.hasColors();
}
