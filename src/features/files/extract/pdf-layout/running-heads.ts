/**
 * Finds headers, footers and page numbers. Each page is compared only with the two pages before and
 * after it, so the result does not depend on the windows in which a document is extracted.
 */
import type { Row } from "./rows.ts";

/** How many pages before and after a page are compared with it. */
export const NEIGHBOURS = 2;

/** A line at the upper or lower edge of a page. */
type EdgeLine = {
  row: Row;
  text: string;
  /** The height of its base line above the lower edge. */
  height: number;
  /** Its text without digits. */
  pattern: string;
  numbers: PageNumber[];
};

/**
 * A number in a line. `isCounting`: it may be the page number. `isNamed`: the text around it says
 * “page”.
 */
type PageNumber = { value: number; isCounting: boolean; isNamed: boolean };

/** The lines at the edges of a page, outermost first. */
export type Edges = { top: EdgeLine[]; bottom: EdgeLine[] };

export type NumberedEdges = { page: number; edges: Edges };

/** The rows that are not body text, and those of them that are written with this page. */
export type RunningHeads = { rows: Set<Row>; headers: Row[]; footers: Row[] };

/** The share of a page's height at each edge that may hold running heads. */
const EDGE = 0.1;
const MOST_EDGE_LINES = 5;
const LONGEST_HEAD = 300;
/** The largest difference of equal heights on two pages, in font sizes. */
const SAME_HEIGHT = 0.5;
/**
 * The least distance between running heads and body text: in font sizes, and in usual line
 * distances of the page.
 */
const HEAD_GAP = 1.5;
const HEAD_SPACING = 1.15;
const FEWEST_DISTANCES = 5;

const WORD_BEFORE = String.raw`(?:page|pages|pg\.?|p\.|seite|página|pagina|pág\.|strona|sida|side|blad)`;
const OF = String.raw`(?:of|von|de|sur|di|van|av|af|z|/)`;
const NAMED = new RegExp(String.raw`(?<!\p{L})${WORD_BEFORE} ?\d{1,5}(?: ?${OF} ?\d{1,5})?`, "giu");
const COUNTED = new RegExp(String.raw`^(?:[-–—|] ?)?\d{1,5} ?${OF} ?\d{1,5}(?: ?[-–—|])?$`, "iu");
const DASHED = /^[-–—] ?\d{1,5} ?[-–—]$/;
const ROMAN = /^(?:[-–—] ?)?[ivxl]{1,7}(?: ?[-–—])?$/;

/**
 * Returns the lines of a page that may be running heads. `box`: the lowest and the highest position
 * on the page.
 */
export function edgesOf(
  rows: readonly Row[],
  box: { bottom: number; top: number },
  textOf: (row: Row) => string,
): Edges {
  const zone = EDGE * (box.top - box.bottom);
  const edge = (row: Row): EdgeLine[] => {
    const text = textOf(row).replace(/\s+/g, " ").trim();
    if (text === "" || text.length > LONGEST_HEAD) return [];
    const numbers = numbersOf(text);
    return [
      { row, text, height: row.base - box.bottom, pattern: text.replace(/\d+/g, "#"), numbers },
    ];
  };
  const top = rows.slice(0, MOST_EDGE_LINES).filter(({ base }) => base > box.top - zone);
  const bottom = rows.slice(-MOST_EDGE_LINES).filter(({ base }) => base < box.bottom + zone);
  return { top: top.flatMap(edge), bottom: bottom.toReversed().flatMap(edge) };
}

function numbersOf(text: string): PageNumber[] {
  const named = Array.from(text.matchAll(NAMED), ({ index, 0: { length } }) => [
    index,
    index + length,
  ]);
  const isAlone = COUNTED.test(text) || DASHED.test(text);
  return Array.from(text.matchAll(/\d+/g), ({ 0: digits, index }) => {
    const isNamed = isAlone || named.some(([from = 0, to = 0]) => index >= from && index < to);
    const end = index + digits.length;
    const isAtEnd =
      !/[\p{L}\p{N}]/u.test(text.slice(0, index)) || !/[\p{L}\p{N}]/u.test(text.slice(end));
    const isFree = !/[\p{L}.,:/-]/u.test(`${text[index - 1] ?? " "}${text[end] ?? " "}`);
    return {
      value: Number(digits),
      isNamed,
      isCounting: isNamed || isAtEnd || (isFree && digits.length > 5),
    };
  });
}

/** Returns the running heads of a page. `others`: the edges of its neighbours. */
export function runningHeads(
  own: NumberedEdges,
  others: readonly NumberedEdges[],
  rows: readonly Row[],
): RunningHeads {
  const heads = noHeads();
  const collect = (side: "top" | "bottom", written: Row[]) => {
    const lines = own.edges[side];
    const count = headCount(lines, { own, others, side });
    for (const line of detached(lines.slice(0, count), rows, side)) {
      heads.rows.add(line.row);
      if (isWritten(line, { own, others, side })) written.push(line.row);
    }
  };
  collect("top", heads.headers);
  collect("bottom", heads.footers);
  heads.footers.reverse();
  return isWholePage(own, heads, rows) ? noHeads() : heads;
}

function noHeads(): RunningHeads {
  return { rows: new Set(), headers: [], footers: [] };
}

/** A page of running heads alone, with words besides the page number, has them as its body text. */
function isWholePage({ edges, page }: NumberedEdges, heads: RunningHeads, rows: readonly Row[]) {
  const lines = [...edges.top, ...edges.bottom];
  return heads.rows.size === rows.length && lines.some(({ text }) => !isPageNumber(text, page));
}

type EdgeContext = { own: NumberedEdges; others: readonly NumberedEdges[]; side: "top" | "bottom" };

/** Returns how many lines, from the edge on, are running heads. */
function headCount(lines: readonly EdgeLine[], position: EdgeContext): number {
  const end = lines.findIndex((line) => !isHead(line, position));
  return end === -1 ? lines.length : end;
}

function isHead(line: EdgeLine, { own, others, side }: EdgeContext): boolean {
  if (isPageNumber(line.text, own.page)) return true;
  return others.some((other) => findSame(line, own.page, other, side) !== undefined);
}

/**
 * Returns the lines that white space separates from the body text: without it, the end of the
 * running heads is unknown.
 */
function detached(
  heads: readonly EdgeLine[],
  rows: readonly Row[],
  side: "top" | "bottom",
): readonly EdgeLine[] {
  const ordered = side === "top" ? rows : rows.toReversed();
  const spacing = HEAD_SPACING * usualDistance(rows);
  for (let count = heads.length; count > 0; count--) {
    const last = heads[count - 1];
    const next = last && ordered[ordered.indexOf(last.row) + 1];
    if (!last || !next || isNamedNumber(last.text)) return heads.slice(0, count);
    const least = Math.max(HEAD_GAP * Math.min(last.row.size, next.size), spacing);
    if (Math.abs(last.row.base - next.base) > least) return heads.slice(0, count);
  }
  return [];
}

/** Returns the median row distance of a page; 0 for a page with few rows. */
function usualDistance(rows: readonly Row[]): number {
  const distances = rows
    .slice(1)
    .map(({ base }, position) => (rows[position]?.base ?? base) - base);
  distances.sort((one, other) => one - other);
  return distances.length < FEWEST_DISTANCES ? 0 : (distances[distances.length >> 1] ?? 0);
}

/** True for a line with nothing but the page number. */
function isPageNumber(text: string, page: number): boolean {
  return isNamedNumber(text) || ROMAN.test(text) || text === String(page);
}

const isNamedNumber = (text: string): boolean =>
  COUNTED.test(text) || DASHED.test(text) || text.replace(NAMED, "").trim() === "";

/** Returns the line of another page that differs at most in the page number. */
function findSame(line: EdgeLine, page: number, other: NumberedEdges, side: "top" | "bottom") {
  return other.edges[side].find(
    ({ pattern, height, numbers, row }) =>
      pattern === line.pattern &&
      Math.abs(height - line.height) <= SAME_HEIGHT * Math.max(row.size, line.row.size) &&
      numbers.every(({ value, isCounting }, position) => {
        const own = line.numbers[position]?.value ?? Number.NaN;
        return value === own || (isCounting && value - own === other.page - page);
      }),
  );
}

/**
 * True if a line is written with this page: at its first occurrence, and again if more than the
 * page number has changed. A page number alone is written if it differs from the index of the page
 * in the file.
 */
function isWritten(line: EdgeLine, { own, others, side }: EdgeContext): boolean {
  if (isPageNumber(line.text, own.page)) return line.numbers[0]?.value !== own.page;
  const earlier = others.filter(({ page }) => page < own.page);
  return !earlier.some((other) => {
    const same = findSame(line, own.page, other, side);
    return same?.numbers.every(({ value: before }, position) => {
      const number = line.numbers[position];
      return number?.value === before || number?.isNamed || number?.value === own.page;
    });
  });
}
