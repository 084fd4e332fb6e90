/**
 * Code points, the unit of every limit and offset of the wire, and UTF-16 units, the unit of JavaScript's
 * indexes and lengths. Pure. Half of a surrogate pair without the other is a code point too.
 */

/** Length in code points of a text, or of the part between two indexes. */
export function codePointLength(text: string, start = 0, end = text.length): number {
  let length = end - start;
  for (let index = start + 1; index < end; index++) if (isInsidePair(text, index)) length--;
  return length;
}

/**
 * A function that converts indexes of a text to offsets in code points. For ascending indexes all calls together take
 * time linear in the text.
 */
export function offsetsIn(text: string): (index: number) => number {
  let [at, offset] = [0, 0];
  return (index) => {
    if (index < at) [at, offset] = [0, 0];
    offset += codePointLength(text, at, index);
    at = index;
    return offset;
  };
}

/** The index after so many code points from `start` on; at most the end of the text. */
export function indexAfter(text: string, count: number, start = 0): number {
  let index = start;
  for (let left = count; left > 0 && index < text.length; left--) {
    index += unitsOfCodePoint(text.codePointAt(index) ?? 0);
  }
  return index;
}

/** 1, or 2 for a code point that takes a surrogate pair. */
export function unitsOfCodePoint(point: number): number {
  return point > 0xffff ? 2 : 1;
}

/** The text up to so many code points. */
export function firstCodePoints(text: string, count: number): string {
  return text.slice(0, indexAfter(text, count));
}

/** The text in pieces of at most so many UTF-16 units, divided between code points. */
export function divideText(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = beforePair(text, Math.min(start + length, text.length));
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/** The index itself, or the one before it when it lies inside a surrogate pair. */
export function beforePair(text: string, index: number): number {
  return isInsidePair(text, index) ? index - 1 : index;
}

/** True when the text ends with the first half of a surrogate pair. */
export function endsInsidePair(text: string): boolean {
  return isHighSurrogate(text.charCodeAt(text.length - 1));
}

function isInsidePair(text: string, index: number): boolean {
  const isLow = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
  return isLow && isHighSurrogate(text.charCodeAt(index - 1));
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
