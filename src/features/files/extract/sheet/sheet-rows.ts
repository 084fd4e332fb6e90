/** Writes the rows of a sheet as lines, with tabs between cells. */
import { ExtractionFailure } from "../../failures.ts";
import { storable } from "../flow.ts";
import { localName, type XmlAttributes } from "../local-name.ts";
import type { MarkupHandler } from "../markup.ts";
import { LONGEST_TEXT, type PageWriter } from "../pages.ts";
import { type StruckOutWords, textBehindStruck } from "../struck-out.ts";
import { namesColumns } from "../text/csv.ts";
import type { CellStyles } from "./cell-styles.ts";
import { type CellRun, RunReader, type SharedStrings } from "./shared-strings.ts";

/** UTF-16 code units of a header row; a longer row is not treated as one. */
const LONGEST_HEADER = 500;
/** UTF-16 code units of one cell; spreadsheet programs allow 32,767. */
const LONGEST_CELL = 200_000;
/** The most tabs written between two cells. */
const MOST_GAPS = 20;

type Cell = { column: number; type: string; style: number; value: string; formula: string };
type Explained = { strings: SharedStrings; styles: CellStyles; struckOut: StruckOutWords };

export class SheetRows implements MarkupHandler {
  readonly #writer: PageWriter;
  readonly #explained: Explained;
  readonly #runs = new RunReader();
  #cell: Cell | undefined;
  #element = "";
  /** UTF-16 code units of the current cell so far. */
  #length = 0;
  #line = "";
  #column = 0;
  #isFirst = true;

  constructor(writer: PageWriter, explained: Explained) {
    this.#writer = writer;
    this.#explained = explained;
  }

  open(element: string, attributes: XmlAttributes): void {
    const name = localName(element);
    this.#element = name;
    if (name === "row") [this.#line, this.#column] = ["", 0];
    if (name === "c") this.#beginCell(attributes);
    if (this.#cell) this.#runs.open(element, attributes);
  }

  close(element: string): void {
    const name = localName(element);
    this.#runs.close(element);
    this.#element = "";
    if (name === "c" && this.#cell) this.#endCell(this.#cell);
    if (name === "row") this.#endRow();
  }

  text(text: string): void {
    if (!this.#cell) return;
    this.#length += text.length;
    if (this.#length > LONGEST_CELL) throw new ExtractionFailure("too_much_text");
    if (this.#element === "v") this.#cell.value += text;
    else if (this.#element === "f") this.#cell.formula += text;
    else this.#runs.text(text);
  }

  #beginCell({ r = "", t = "n", s = "0" }: XmlAttributes): void {
    const column = columnOf(r) ?? this.#column + 1;
    this.#cell = { column, type: t, style: Number(s), value: "", formula: "" };
    this.#length = 0;
    this.#runs.take();
  }

  #endCell(cell: Cell): void {
    this.#cell = undefined;
    const isStruck = this.#explained.styles.isStruck(cell.style);
    let live = "";
    let isBehindStruck = false;
    for (const run of this.#runsOf(cell)) {
      const text = storable(run.text).replaceAll(/\s+/g, " ");
      const isGone = isStruck || run.isStruck;
      if (isGone) this.#explained.struckOut.add(text, this.#line + live);
      else live += isBehindStruck ? textBehindStruck(live, text) : text;
      isBehindStruck = isGone;
    }
    if (live.trim() === "") return;
    this.#line += "\t".repeat(this.#gapTo(cell.column)) + live.trim();
    this.#column = cell.column;
    if (this.#line.length > LONGEST_TEXT) throw new ExtractionFailure("too_much_text");
  }

  #gapTo(column: number): number {
    const first = this.#column === 0 ? 1 : this.#column;
    return Math.min(Math.max(column - first, this.#column === 0 ? 0 : 1), MOST_GAPS);
  }

  #runsOf({ type, style, value, formula }: Cell): CellRun[] {
    const inline = this.#runs.take();
    if (type === "s") return this.#explained.strings.at(Number(value));
    if (type === "inlineStr") return inline;
    return [{ text: this.#shownValue({ type, style, value, formula }), isStruck: false }];
  }

  #shownValue({ type, style, value, formula }: Omit<Cell, "column">): string {
    if (value === "" && formula !== "") return `=${formula}`;
    if (type === "b") return value.trim() === "1" ? "TRUE" : "FALSE";
    return type === "n" ? this.#explained.styles.show(value, style) : value;
  }

  #endRow(): void {
    const line = this.#line.trimEnd();
    this.#line = "";
    if (line === "") return;
    const isHeader = this.#isFirst && line.length <= LONGEST_HEADER && namesColumns(line);
    this.#isFirst = false;
    this.#writer.write("\n");
    this.#writer.write(line, { level: isHeader ? 2 : undefined });
  }
}

const LAST_COLUMN = 16_384;

/** The column number, from 1, of a cell reference such as "AB12". */
function columnOf(reference: string): number | undefined {
  const [letters] = /^[A-Z]{1,3}/.exec(reference) ?? [];
  if (letters === undefined) return undefined;
  const column = Array.from(letters).reduce(
    (number, letter) => number * 26 + letter.charCodeAt(0) - 0x40,
    0,
  );
  return Math.min(column, LAST_COLUMN);
}
