/** Makes values of the older database fit the new one. Pure. */
import { firstCodePoints, codePointLength } from "../../src/lib/code-points.ts";
import { toStorable } from "../../src/lib/storable-text.ts";

/** The text, cut to a length in code points; `onCut` is called where that changes it. */
export function cutTo(text: string, length: number, onCut: () => void): string {
  if (codePointLength(text) <= length) return text;
  onCut();
  return firstCodePoints(text, length);
}

/** A JSON value without NUL and lone surrogates, which only escapes in JSON can hold. */
export function toStorableJson(value: unknown): unknown {
  if (typeof value === "string") return toStorable(value);
  if (Array.isArray(value)) return value.map(toStorableJson);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [
    toStorable(key),
    toStorableJson(member),
  ]);
  return Object.fromEntries(entries);
}
