/** What may be stored as text, and how it is measured. */

/** Length in Unicode code points, the unit of every limit and offset of the wire. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** The text up to so many code points; never half of a surrogate pair. */
export function firstCodePoints(text: string, count: number): string {
  return Array.from(text).slice(0, count).join("");
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

/** The index itself, or the one before it where it lies inside a surrogate pair. */
function beforePair(text: string, index: number): number {
  const isInPair = /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(index - 1, index + 1));
  return isInPair ? index - 1 : index;
}

/** The text as it can be stored: without NUL, and with U+FFFD for each lone surrogate. */
export function toStorable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/** Postgres stores no NUL, and UTF-8 no lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

const DEEPEST_NESTING = 64;

/** Why a JSON value cannot be stored: where, and what is wrong there. */
export type Unstorable = {
  pointer: string;
  code: "invalid_text" | "invalid_key" | "too_deep";
  detail: string;
};

/** The first string or key of a JSON value that cannot be stored; undefined when all can. */
export function findUnstorable(value: unknown, pointer = "", depth = 0): Unstorable | undefined {
  if (typeof value === "string") return isStorable(value) ? undefined : invalidText(pointer);
  if (typeof value !== "object" || value === null) return undefined;
  if (depth === DEEPEST_NESTING) {
    return { pointer: "", code: "too_deep", detail: "The body is nested too deeply." };
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isStorable(key)) return invalidText(pointer);
    // What reads a body after us would lose it without a word.
    if (key === "__proto__") {
      return { pointer, code: "invalid_key", detail: "No key may be called __proto__." };
    }
    const found = findUnstorable(member, `${pointer}/${escapePointer(key)}`, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function invalidText(pointer: string): Unstorable {
  const detail = "The text holds a NUL character or half of a surrogate pair.";
  return { pointer, code: "invalid_text", detail };
}

/** A key as one reference token of a JSON Pointer (RFC 6901 section 4). */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
