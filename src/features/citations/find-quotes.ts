/** Finds the quotations of an answer that refer to passages. Pure. */
import { findMarkers, type Marker, type Span } from "./markers.ts";
import { findQuoted } from "./quote-marks.ts";

/** Its range is that of its words in the answer, in UTF-16 units. */
type Quotation = Span & {
  /** The words between the quotation marks. */
  text: string;
  /** The numbers of the passages that it refers to, as in `[3]` or `[1, 2]`. */
  points: number[];
};

/** The most UTF-16 units between a quotation and the number after it, or before it. */
const FARTHEST_BEHIND = 60;
const FARTHEST_IN_FRONT = 30;
/** The most text between quotations that share a number. */
const LONGEST_JOINT = 12;
const JOINED = /^[\s,;/&]*(?:and|or|und|oder|et|ou|y|e|en|…|\.{3})?[\s,;/&]*$/i;

/**
 * Finds text in quotation marks (“…”, "…", „…“, «…», ‚…‘, 「…」) and block quotations that have a number in
 * brackets close after them, or else before them. Quotations without a number refer to nothing and are
 * left out.
 */
export function findQuotations(answer: string): Quotation[] {
  return paragraphsOf(answer).flatMap(({ text, isBlock, lines }) => {
    const found = isBlock ? findInBlock(text) : findInText(text);
    const at = (index: number) => indexInAnswer(lines, index);
    return found.map(({ start, end, ...rest }) => ({
      ...rest,
      start: at(start),
      end: at(end - 1) + 1,
    }));
  });
}

type Paragraph = { text: string; isBlock: boolean; lines: Line[] };

/** A line that begins at this index of its paragraph, and at this one of the answer. */
type Line = { start: number; startInAnswer: number };

/** The index in the answer of an index of a paragraph of these lines. */
function indexInAnswer(lines: readonly Line[], index: number): number {
  const { start, startInAnswer } = lines[indexBehind(lines, index + 1) - 1] ?? FIRST_LINE;
  return startInAnswer + index - start;
}

const FIRST_LINE: Line = { start: 0, startInAnswer: 0 };

/** Joins lines into paragraphs; removes the marks of block quotations. */
function paragraphsOf(answer: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: Paragraph | undefined;
  let end = -1;
  for (const line of answer.split("\n")) {
    end += 1 + line.length;
    const quoted = /^\s{0,3}> ?(.*)$/s.exec(line)?.[1];
    const isBlock = quoted !== undefined;
    const text = quoted ?? line;
    const startInAnswer = end - text.length;
    const isBlank = line.trim() === "";
    if (isBlank) open = undefined;
    else if (open && (open.isBlock === isBlock || endsBlock(open, line))) {
      open.lines.push({ start: open.text.length + 1, startInAnswer });
      open.text += `\n${text}`;
    } else paragraphs.push((open = { text, isBlock, lines: [{ start: 0, startInAnswer }] }));
  }
  return paragraphs;
}

/** True for a line that holds only the numbers of the block above it. */
function endsBlock(open: Paragraph, line: string): boolean {
  return open.isBlock && /^[—–-]{0,2}\s*\[[^\]]{1,40}\][.\s]*$/.test(line.trimStart());
}

/** A block is one quotation, unless it contains quotations with their own numbers. */
function findInBlock(text: string): Quotation[] {
  const inside = findInText(text);
  if (inside.length > 0) return inside;
  const points = findMarkers(text).flatMap((marker) => marker.points);
  return points.length > 0 ? toQuotation(text, points, 0) : [];
}

function findInText(text: string): Quotation[] {
  const spans = findQuoted(text);
  if (spans.length === 0) return [];
  const markers = markersBetween(spans, findMarkers(text));
  const pointed = pointAll(text, spans, markers);
  return spans.flatMap((span, index) => {
    const inner = text.slice(span.start + 1, span.end - 1);
    return toQuotation(inner, pointed[index] ?? [], span.start + 1);
  });
}

/** The markers outside of quotations. Both lists are in text order, so one pass suffices. */
function markersBetween(spans: readonly Span[], markers: readonly Marker[]): Marker[] {
  let next = 0;
  return markers.filter((marker) => {
    while ((spans[next]?.end ?? Infinity) < marker.end) next++;
    const span = spans[next];
    return !span || !holds(span, marker);
  });
}

/**
 * The numbers of each quotation. Goes from last to first, because a quotation may share those of the
 * next.
 */
function pointAll(text: string, spans: readonly Span[], markers: readonly Marker[]): number[][] {
  const pointed: number[][] = spans.map(() => []);
  for (let index = spans.length - 1; index >= 0; index--) {
    const [span, next] = [spans[index], spans[index + 1]];
    if (!span) continue;
    const behind = markersBehind(text, span, next?.start ?? text.length, markers);
    const isJoined = next !== undefined && joins(text.slice(span.end, next.start));
    const shared = behind.length === 0 && isJoined ? (pointed[index + 1] ?? []) : behind;
    const before = spans[index - 1]?.end ?? 0;
    pointed[index] = shared.length > 0 ? shared : markersInFront(text, span, before, markers);
  }
  return pointed;
}

/** The numbers of the consecutive markers after a quotation. */
function markersBehind(
  text: string,
  span: Span,
  limit: number,
  markers: readonly Marker[],
): number[] {
  const points: number[] = [];
  let [end, reach] = [span.end, FARTHEST_BEHIND];
  for (let index = indexBehind(markers, end); points.length < MOST_POINTS; index++) {
    const marker = markers[index];
    if (!marker) break;
    const isClose = marker.start - end <= reach && marker.end <= limit;
    if (!isClose || (points.length === 0 && isNewItem(text.slice(end, marker.start)))) break;
    points.push(...marker.points);
    [end, reach] = [marker.end, NEXT_TO];
  }
  return points.slice(0, MOST_POINTS);
}

/** The index of the first marker or line that begins at or after an index of the text. */
function indexBehind(sorted: readonly Pick<Span, "start">[], at: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const NEXT_TO = 5;
/** The most numbers per quotation: bounds memory when many quotations share them. */
const MOST_POINTS = 100;

function joins(between: string): boolean {
  return between.length <= LONGEST_JOINT && JOINED.test(between);
}

/** True when the text between contains the start of a list item. */
function isNewItem(between: string): boolean {
  return /\n\s*(?:[-*•]|\d+[.)])\s/.test(between);
}

function markersInFront(
  text: string,
  span: Span,
  limit: number,
  markers: readonly Marker[],
): number[] {
  const marker = markers[indexBehind(markers, span.start) - 1];
  if (!marker || marker.start < limit || span.start - marker.end > FARTHEST_IN_FRONT) return [];
  const between = text.slice(marker.end, span.start);
  return isNewItem(between) || /[.!?]\s/.test(between) ? [] : marker.points;
}

/** The dash of a source line at the end of a block quotation. */
const SOURCE_LINE = /\n[ —–-]{1,4}$/;

/** A number may also be inside of the quotation, at its end. `at`: where it begins in its paragraph. */
function toQuotation(quoted: string, points: readonly number[], at: number): Quotation[] {
  const markers = findMarkers(quoted);
  const last = markers.at(-1);
  const isAtEnd = last !== undefined && /^[\s.,;:”"“»]*$/.test(quoted.slice(last.end));
  const words = (isAtEnd ? quoted.slice(0, last.start) : quoted).replace(SOURCE_LINE, "");
  const text = words.trim();
  const start = at + words.length - words.trimStart().length;
  const all = [...new Set([...points, ...(isAtEnd ? last.points : [])])];
  const isEmpty = !/[\p{L}\p{N}]/u.test(text);
  if (all.length === 0 || isEmpty) return [];
  return [{ text, points: all, start, end: start + text.length }];
}

function holds(span: Span, marker: Marker): boolean {
  return marker.start >= span.start && marker.end <= span.end;
}
