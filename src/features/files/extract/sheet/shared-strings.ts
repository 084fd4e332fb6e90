/** The texts of cells as runs, each struck out or not (ECMA-376 part 1, section 18.4). */
import { ExtractionFailure } from "../../failures.ts";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import { LONGEST_TEXT } from "../pages.ts";

/** The most runs that are held in memory; an empty text counts as one. */
const MOST_RUNS = 600_000;

export type CellRun = { text: string; isStruck: boolean };

/** Collects the runs of one text from the elements of `si` or `is`. */
export class RunReader {
  #runs: CellRun[] = [];
  #isText = false;
  #isPhonetic = false;
  #isStruck = false;

  open(element: string, attributes: XmlAttributes): void {
    const name = localName(element);
    if (name === "r") this.#isStruck = false;
    if (name === "strike") this.#isStruck = attributes.val !== "0" && attributes.val !== "false";
    if (name === "rPh") this.#isPhonetic = true;
    if (name === "t") this.#isText = !this.#isPhonetic;
  }

  close(element: string): void {
    const name = localName(element);
    if (name === "t") this.#isText = false;
    if (name === "rPh") this.#isPhonetic = false;
    if (name === "r") this.#isStruck = false;
  }

  text(text: string): void {
    if (!this.#isText) return;
    const last = this.#runs.at(-1);
    if (last && last.isStruck === this.#isStruck) last.text += text;
    else this.#runs.push({ text, isStruck: this.#isStruck });
  }

  /** Returns the runs so far, and resets the reader. */
  take(): CellRun[] {
    const runs = this.#runs;
    this.#runs = [];
    return runs;
  }
}

/** The table of texts that cells refer to by index. */
export class SharedStrings implements MarkupHandler {
  readonly #strings: CellRun[][] = [];
  readonly #reader = new RunReader();
  #length = 0;
  #count = 0;

  at(index: number): CellRun[] {
    return this.#strings[index] ?? [];
  }

  open(element: string, attributes: XmlAttributes): void {
    this.#reader.open(element, attributes);
  }

  close(element: string): void {
    this.#reader.close(element);
    if (localName(element) === "si") this.#add(this.#reader.take());
  }

  text(text: string): void {
    this.#length += text.length;
    if (this.#length > LONGEST_TEXT) throw new ExtractionFailure("too_much_text");
    this.#reader.text(text);
  }

  #add(runs: CellRun[]): void {
    this.#count += Math.max(runs.length, 1);
    if (this.#count > MOST_RUNS) throw new ExtractionFailure("too_large");
    this.#strings.push(runs);
  }
}
