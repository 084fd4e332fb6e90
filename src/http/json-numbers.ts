/** Numbers of a JSON text that would be stored as another number. */
import type { FieldError } from "../lib/problem.ts";
import { escapePointer } from "../lib/text.ts";

/** What stands in a parsed value for a number that cannot be kept. */
const UNKEPT_NUMBER = Symbol("unkept number");

/** Only a number of so many digits, or with an exponent, can be one. */
const MAY_HOLD_ONE = /\d{16}|\d[eE]/;

/**
 * The first number of a JSON text that cannot be kept, as a field error; undefined where all can. The text is
 * known to be JSON that is not nested deeply.
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

const DETAIL = "The number is too large, or too exact, to be kept as it is. Send it as a text.";

/** The source of a number is what the standard's `JSON.parse` tells a reviver beside its value. */
function markUnkept(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return isKept(context.source, value) ? value : UNKEPT_NUMBER;
}

/**
 * False for what JavaScript makes infinite, makes zero, or rounds to another whole number. That the decimal
 * places of a fraction are rounded is what every reader of JSON expects (RFC 8259 section 6).
 */
function isKept(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(mantissaOf(source));
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return true;
  return digitsOf(source) === digitsOf(String(value));
}

/** The significant digits of a number, as they stand in it: its size was compared already. */
function digitsOf(source: string): string {
  const digits = mantissaOf(source).replace(/[-.]/g, "");
  let [start, end] = [0, digits.length];
  while (digits[start] === "0") start++;
  // Not an expression: `0+$` looks to the end anew from each of many zeros.
  while (end > start && digits[end - 1] === "0") end--;
  return digits.slice(start, end);
}

function mantissaOf(source: string): string {
  return source.split(/e/i, 1)[0] ?? "";
}
