/** Numbers of a JSON text that JavaScript would change. */
import type { FieldError } from "../lib/problem.ts";
import { escapePointer } from "../lib/storable-text.ts";

/** Replaces a number that would change in the parsed value. */
const UNKEPT_NUMBER = Symbol("unkept number");

/** Only a number of 16 digits or with an exponent can change. */
const MAY_HOLD_ONE = /\d{16}|\d[eE]/;

/**
 * The first number of a JSON text that would change, as a field error; undefined when there is none. The
 * text must be JSON that is not nested deeply.
 */
export function findUnkeptNumber(text: string): FieldError | undefined {
  return MAY_HOLD_ONE.test(text) ? findUnkept(JSON.parse(text, markUnkept)) : undefined;
}

function findUnkept(value: unknown, pointer = ""): FieldError | undefined {
  if (value === UNKEPT_NUMBER) return { pointer, code: "unkept_number", detail: DETAIL };
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = findUnkept(member, `${pointer}/${escapePointer(key)}`);
    if (found) return found;
  }
  return undefined;
}

const DETAIL =
  "The number is too large or too precise to be stored unchanged. Send it as a string.";

/** `JSON.parse` passes the source text of a number to its reviver (ECMAScript 2026). */
function markUnkept(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return isKept(context.source, value) ? value : UNKEPT_NUMBER;
}

/**
 * False for a number that becomes infinite or zero, or is rounded to another whole number. That the decimal
 * places of a fraction are rounded is expected of JSON (RFC 8259 section 6).
 */
function isKept(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(mantissaOf(source));
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return true;
  return digitsOf(source) === digitsOf(String(value));
}

/** The significant digits of a number; callers have compared its magnitude. */
function digitsOf(source: string): string {
  const digits = mantissaOf(source).replace(/[-.]/g, "");
  let [start, end] = [0, digits.length];
  while (digits[start] === "0") start++;
  // Not a regular expression: `0+$` would take quadratic time on many zeros.
  while (end > start && digits[end - 1] === "0") end--;
  return digits.slice(start, end);
}

function mantissaOf(source: string): string {
  return source.split(/e/i, 1)[0] ?? "";
}
