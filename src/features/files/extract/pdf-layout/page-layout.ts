/** The layout of a PDF page: its painted runs, put into reading order. */
import { groupRuns, type PaintedRun, type Run } from "./runs.ts";
import { withoutLineNumbers } from "./line-numbers.ts";
import { type LineContext, lineText, type TextPiece, shareRightToLeft } from "./line-text.ts";
import { segmentRow } from "./gutters.ts";
import { paragraphStarts } from "./paragraphs.ts";
import { noteMarkOf, partNotes } from "./notes.ts";
import { type Line, readingOrder } from "./reading-order.ts";
import { raisedText } from "./scripts.ts";
import { type Row, roundSize, rowsOf } from "./rows.ts";
import {
  edgesOf,
  type Edges,
  type NumberedEdges,
  type RunningHeads,
  runningHeads,
} from "./running-heads.ts";

/** The left, lower, right and upper edge of a page. */
export type PageBox = readonly number[];

/** A line to write. `isStart`: a paragraph begins with it. */
export type PageLine = {
  pieces: TextPiece[];
  size: number;
  isStart: boolean;
  end: "\n" | "\t";
};

/** The text of a page: its running text, with header, notes and footer kept apart. */
export type PageText = Record<"header" | "body" | "notes" | "footer", PageLine[]>;

const NO_CONTEXT: LineContext = { marks: new Set(), isRightToLeft: false };

/** Holds the runs of a page until its neighbours are laid out, then only its edges. */
export class PageLayout {
  readonly page: number;
  readonly edges: Edges;
  /** Maps font sizes to counts of letters. */
  readonly letters = new Map<number, number>();
  #rows: Row[] = [];
  /**
   * Text in other directions, such as a stamp in a margin, and annotations. It is written below the
   * page.
   */
  #aside: Row[] = [];

  constructor(page: number, painted: readonly PaintedRun[], box?: PageBox) {
    this.page = page;
    const [main, ...others] = groupRuns(painted);
    for (const { size, text } of main?.runs ?? []) {
      this.letters.set(roundSize(size), (this.letters.get(roundSize(size)) ?? 0) + text.length);
    }
    this.#rows = withoutLineNumbers(rowsOf(main?.runs ?? []));
    this.#aside = others.flatMap(({ runs }) => rowsOf(runs));
    this.edges = edgesOf(this.#rows, extentOf(box, main?.angle ?? 0), ({ runs }) =>
      plainText(runs),
    );
  }

  get numbered(): NumberedEdges {
    return { page: this.page, edges: this.edges };
  }

  /** Returns the text of the page and frees it. `bodySize`: the font size of the running text. */
  takeText(neighbours: readonly PageLayout[], bodySize: number): PageText {
    const heads = runningHeads(
      this.numbered,
      neighbours.map(({ numbered }) => numbered),
      this.#rows,
    );
    const rows = this.#rows.filter((row) => !heads.rows.has(row));
    const text = textOf(rows, this.#aside, { heads, bodySize });
    this.#rows = [];
    this.#aside = [];
    return text;
  }
}

function textOf(
  rows: readonly Row[],
  aside: readonly Row[],
  { heads, bodySize }: { heads: RunningHeads; bodySize: number },
): PageText {
  const isRightToLeft = shareRightToLeft(rows.flatMap(({ runs }) => runs)) > 0.5;
  const lines = readingOrder(rows.map(segmentRow), isRightToLeft);
  const { body, notes, marks } = partNotes(lines, bodySize);
  const starts = paragraphStarts(body, isRightToLeft);
  const context = { marks, isRightToLeft };
  const written = body.map((line, position): PageLine => {
    const isStart = starts[position] ?? false;
    return { pieces: lineText(line.runs, context), size: line.size, isStart, end: line.end };
  });
  return {
    header: asideLines(heads.headers),
    body: written.concat(asideLines(aside)),
    notes: notes.map((line) => noteLine(line, context)),
    footer: asideLines(heads.footers),
  };
}

/** Writes a note line; its mark appears as in the text. */
function noteLine(line: Line, context: LineContext): PageLine {
  const pieces = lineText(line.runs, context);
  const isStart = noteMarkOf(line) !== undefined;
  const [first] = pieces;
  if (isStart && first) first.text = first.text.replace(/^\d{1,3}/, (mark) => raisedText(mark, ""));
  return { pieces, size: line.size, isStart, end: "\n" };
}

/** Separate lines that are never headings. */
function asideLines(rows: readonly Row[]): PageLine[] {
  return rows.map(({ runs }, position) => {
    return { pieces: lineText(runs, NO_CONTEXT), size: 0, isStart: position === 0, end: "\n" };
  });
}

function plainText(runs: readonly Run[]): string {
  return lineText(runs, NO_CONTEXT)
    .map(({ text }) => text)
    .join("");
}

/**
 * Returns the lowest and highest position of a page whose text is rotated by an angle; infinite
 * without a page box.
 */
function extentOf(box: PageBox | undefined, angle: number) {
  if (!box) return { bottom: -Infinity, top: Infinity };
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box;
  const [sine, cosine] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
  const heights = [x0, x1].flatMap((x) => [y0, y1].map((y) => y * cosine - x * sine));
  return { bottom: Math.min(...heights), top: Math.max(...heights) };
}
