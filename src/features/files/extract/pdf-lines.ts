/** The lines and paragraphs of PDF pages, which know only where a run of characters is painted. */
import type { RegionKind } from "../../../lib/text-regions.ts";
import { storable } from "./flow.ts";
import { ExtractionFailure } from "../failures.ts";
import type { PageWriter } from "./pages.ts";
import type { PdfItem } from "./pdf/items.ts";

/** Items without text mark structure. */
type Item = Pick<PdfItem, "str" | "transform" | "hasEOL" | "region"> | { type: string };

type Piece = { text: string; region: RegionKind | undefined };

type Line = { pieces: Piece[]; text: string; size: number; y: number };

/** A gap between lines that is this much larger than the letters divides paragraphs. */
const PARAGRAPH_GAP = 1.65;
/** Letters that are this much larger than those of the running text make a heading. */
const HEADING_SIZE = 1.15;
const LONGEST_HEADING = 200;
/** Lines that are held until it is known which size is that of the running text. */
const MOST_HELD = 1_000;
/** UTF-16 code units of a line; pages that say nothing of lines have none longer. */
const LONGEST_LINE = 10_000;

/** Runs of a window of pages: three thousand on each of a hundred, where a word or a line is one. */
const MOST_RUNS = 300_000;

export class PdfLines {
  readonly #writer: PageWriter;
  /** Size of letters to how many there are of it, over all pages so far. */
  readonly #letters = new Map<number, number>();
  #lines: Line[] = [];
  #pieces: Piece[] = [];
  #length = 0;
  #size = 0;
  #y = 0;
  #runs = 0;
  /** The line before on this page. */
  #before: Line | undefined;

  constructor(writer: PageWriter) {
    this.#writer = writer;
  }

  add(items: Item[]): void {
    for (const item of items) {
      if (!("str" in item)) continue;
      this.#count();
      this.#addRun(item.str, item.transform, item.region);
      if (item.hasEOL || this.#length > LONGEST_LINE) this.#endLine();
    }
    if (this.#lines.length > MOST_HELD) this.#writeLines();
  }

  endPage(): void {
    this.#endLine();
    this.#writeLines();
    this.#before = undefined;
  }

  /** Of runs without a word in them there can be no end. */
  #count(): void {
    if (++this.#runs > MOST_RUNS) throw new ExtractionFailure("too_much_text");
  }

  #addRun(text: string, transform: number[], region?: RegionKind): void {
    if (text.trim() !== "") {
      const [, , c = 0, d = 0, , y = 0] = transform;
      const size = Math.round(Math.hypot(c, d) * 2) / 2;
      this.#letters.set(size, (this.#letters.get(size) ?? 0) + text.length);
      this.#size = Math.max(this.#size, size);
      this.#y = y;
    }
    this.#pieces.push({ text: storable(text), region });
    this.#length += text.length;
  }

  #endLine(): void {
    const pieces = trimmed(this.#pieces);
    const text = pieces.map((piece) => piece.text).join("");
    if (text !== "") this.#lines.push({ pieces, text, size: this.#size, y: this.#y });
    this.#pieces = [];
    this.#length = 0;
    this.#size = 0;
  }

  #writeLines(): void {
    const body = this.#bodySize();
    for (const line of this.#lines) {
      if (this.#before && beginsParagraph(line, this.#before)) this.#writer.write("\n");
      const level = line.pieces.length === 1 ? levelOf(line, body) : undefined;
      for (const { text, region } of line.pieces) this.#writer.write(text, { level, region });
      this.#writer.write("\n");
      this.#before = line;
    }
    this.#lines = [];
  }

  #bodySize(): number {
    let [body, most] = [0, 0];
    for (const [size, count] of this.#letters) if (count > most) [body, most] = [size, count];
    return body;
  }
}

/** Without white space around them, and as few as there are regions. */
function trimmed(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const { text, region } of pieces) {
    const last = joined.at(-1);
    if (last && last.region === region) last.text += text;
    else joined.push({ text: last ? text : text.trimStart(), region });
  }
  const last = joined.at(-1);
  if (last) last.text = last.text.trimEnd();
  return joined;
}

function beginsParagraph(line: Line, before: Line): boolean {
  const gap = before.y - line.y;
  const [small, large] = [Math.min(line.size, before.size), Math.max(line.size, before.size)];
  return gap > PARAGRAPH_GAP * large || gap < 0 || large > small * HEADING_SIZE;
}

function levelOf({ text, size }: Line, body: number): number | undefined {
  const ratio = size / body;
  if (!(ratio >= HEADING_SIZE) || text.length > LONGEST_HEADING || !/\p{L}/u.test(text)) {
    return undefined;
  }
  if (ratio >= 1.7) return 1;
  return ratio >= 1.35 ? 2 : 3;
}
