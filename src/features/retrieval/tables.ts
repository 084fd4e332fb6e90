/**
 * Recognises tables by their rows, which are lines with cells between tabs or vertical bars, below a row of column
 * names. Pure.
 */
import { titleOf } from "./headings.ts";

/** UTF-16 code units; a longer line is read as text. */
const LONGEST_ROW = 700;
/** UTF-16 code units of a header row; limited because every passage of the table stores it. */
const LONGEST_HEADER = 500;
const LONGEST_NAME = 60;

/** Lines of a cell with several, and of what interrupts a table at the end of a page. */
const MOST_STRAY_LINES = 3;

export type TableRow = {
  /**
   * The header row of the table, its cells separated by tabs. Undefined in the header row itself, and in a table
   * without one.
   */
  columns: string | undefined;
};

type Table = { columns: string | undefined; count: number };

/** Reads the lines of a text in order. */
export class TableScanner {
  #table: Table | undefined;
  #strayLines = 0;
  #isApart = false;

  /** The line as a row of a table; undefined if it is none. */
  next(line: string): TableRow | undefined {
    const text = line.trim();
    if (text === "") this.#isApart = true;
    const cells = text === "" ? undefined : cellsOf(text);
    if (cells) return this.#nextRow(cells);
    if (text !== "" && ++this.#strayLines > MOST_STRAY_LINES) this.#table = undefined;
    return undefined;
  }

  #nextRow(cells: string[]): TableRow {
    const isHeader = namesColumns(cells);
    const known = this.#goesOn(cells, isHeader) ? this.#table : undefined;
    const columns = cells.join("\t");
    this.#table = known ?? { columns: isHeader ? columns : undefined, count: cells.length };
    this.#strayLines = 0;
    this.#isApart = false;
    return { columns: known && known.columns !== columns ? known.columns : undefined };
  }

  /** A table may go on below an empty line, as at the end of a page, with as many columns. */
  #goesOn({ length }: string[], isHeader: boolean): boolean {
    if (!this.#table || !this.#isApart) return this.#table !== undefined;
    return length === this.#table.count && (this.#strayLines === 0 || !isHeader);
  }
}

/** A number or a bullet at the start of a line, which a tab may follow. */
const MARK =
  /^(?:[^\p{L}\p{N}\s]{1,3}|\(?[\p{L}\p{N}]{1,4}[.)]|\d{1,3}(?:\.\d{1,3}){1,5}[.)]?|§\s?\d{1,4}\p{L}?)$/u;

function cellsOf(line: string): string[] | undefined {
  if (line.length > LONGEST_ROW) return undefined;
  if (line.includes("\t")) return cellsBetweenTabs(line);
  if (!line.startsWith("|") && !line.includes(" | ")) return undefined;
  const cells = line.split("|").map((cell) => cell.trim());
  const inner = cells.slice(cells[0] === "" ? 1 : 0, cells.at(-1) === "" ? -1 : undefined);
  return inner.length > 1 ? inner : undefined;
}

/** The cells of a row; undefined for a clause whose number a tab follows. */
function cellsBetweenTabs(line: string): string[] | undefined {
  const cells = line.split("\t").map((cell) => cell.trim());
  const first = cells.findIndex((cell) => !MARK.test(cell));
  const count = first < 0 ? cells.length : cells.length - first;
  if (count < 2 || (cells.length === 2 && titleOf(line) !== undefined)) return undefined;
  return cells;
}

/** True for a row whose cells are all short names, years or empty. */
function namesColumns(cells: readonly string[]): boolean {
  const names = cells.filter((cell) => cell !== "");
  const length = names.reduce((sum, name) => sum + name.length + 1, 0);
  return names.length > 1 && length <= LONGEST_HEADER && names.every(isName);
}

function isName(cell: string): boolean {
  if (/^(?:19|20)\d\d$/.test(cell)) return true;
  if (cell.length > LONGEST_NAME || /^["“]?\d|[.;:,]$/u.test(cell)) return false;
  return /\p{L}/u.test(cell);
}

/** The columns in force from an index of a text on; undefined outside of a table. */
type ColumnsFrom = { index: number; columns: string | undefined };

/** Where the columns of a text change. `scanner` has read the text before it. */
export function columnChanges(text: string, scanner: TableScanner): ColumnsFrom[] {
  const changes: ColumnsFrom[] = [];
  let index = 0;
  for (const line of text.split("\n")) {
    const columns = scanner.next(line)?.columns;
    if (columns !== changes.at(-1)?.columns) changes.push({ index, columns });
    index += line.length + 1;
  }
  return changes;
}

/** The header row of the table whose row begins at an index, or above it on the same line. */
export function columnsAt(changes: readonly ColumnsFrom[], index: number): string | undefined {
  return changes.findLast((change) => change.index <= index)?.columns;
}

/** The headings above a row with the header row of its table as the innermost. */
export function withColumns(headings: string[], columns: string | undefined): string[] {
  if (columns === undefined) return headings;
  const isMarked = headings.at(-1) === columns.replace(/\s+/g, " ");
  return [...(isMarked ? headings.slice(0, -1) : headings), columns];
}

/** The innermost heading and, of a row of a table, the header row, of the headings of a passage. */
export function headingAndColumns(headings: readonly string[]) {
  const last = headings.at(-1);
  const columns = last?.includes("\t") ? last : undefined;
  return { heading: columns === undefined ? last : headings.at(-2), columns };
}
