/**
 * Splits a multipart body (RFC 2046 section 5.1.1) that is completely in memory, so that chunk borders do
 * not matter. Compares every byte a bounded number of times.
 */

/** The bytes between two delimiter lines, as views into the body. */
export type Part = { header: Uint8Array; content: Uint8Array<ArrayBuffer> };

type Delimiter = { start: number; end: number; isClosing: boolean };

const [TAB, LF, CR, SPACE, DASH] = [0x09, 0x0a, 0x0d, 0x20, 0x2d];
const LONGEST_HEADER = 8 * 1024;
const HEADER_END = "\r\n\r\n";

/**
 * The parts in order. Undefined for a body without a closing delimiter, with a part without headers, or
 * with more than `most` parts. Ignores text before the first delimiter and after the closing one.
 */
export function splitParts(
  body: Uint8Array<ArrayBuffer>,
  boundary: string,
  most: number,
): Part[] | undefined {
  const parts: Part[] = [];
  let from: number | undefined;
  for (const { start, end, isClosing } of delimitersIn(body, boundary)) {
    const part = from === undefined ? undefined : toPart(body.subarray(from, start));
    if (part) parts.push(part);
    else if (from !== undefined) return undefined;
    if (parts.length > most) return undefined;
    if (isClosing) return parts;
    from = end;
  }
  return undefined;
}

function toPart(bytes: Uint8Array<ArrayBuffer>): Part | undefined {
  const end = indexOfAscii(bytes.subarray(0, LONGEST_HEADER + HEADER_END.length), HEADER_END);
  if (end < 0) return undefined;
  return { header: bytes.subarray(0, end), content: bytes.subarray(end + HEADER_END.length) };
}

/**
 * The delimiter lines. The line break before a delimiter belongs to it; the first needs none. A line that
 * only begins like a delimiter is content.
 */
function* delimitersIn(body: Uint8Array, boundary: string): Generator<Delimiter> {
  const line = `--${boundary}`;
  const first = startsWith(body, 0, line) && delimiterAt(body, 0, line.length);
  if (first) yield first;
  const sought = `\r\n${line}`;
  // No boundary contains CR, so no byte is compared with more than one position of the delimiter.
  for (let at = first ? first.end : 0; at < body.byteLength; at++) {
    if (body[at] !== CR || !startsWith(body, at, sought)) continue;
    const found = delimiterAt(body, at, at + sought.length);
    if (!found) continue;
    yield found;
    at = found.end - 1;
  }
}

/** `after` is the index after the boundary: two dashes follow, or blanks and a line break. */
function delimiterAt(body: Uint8Array, start: number, after: number): Delimiter | undefined {
  if (body[after] === DASH && body[after + 1] === DASH) {
    return { start, end: after + 2, isClosing: true };
  }
  let end = after;
  while (body[end] === SPACE || body[end] === TAB) end++;
  if (body[end] !== CR || body[end + 1] !== LF) return undefined;
  return { start, end: end + 2, isClosing: false };
}

function indexOfAscii(bytes: Uint8Array, sought: string): number {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (startsWith(bytes, at, sought)) return at;
  }
  return -1;
}

function startsWith(bytes: Uint8Array, at: number, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++) {
    if (bytes[at + index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}
