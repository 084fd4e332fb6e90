/** Makes text storable, and finds what is not. */

/** The text without NUL, and with U+FFFD for each lone surrogate. */
export function toStorable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/**
 * True for text without NUL, which Postgres does not store, and lone surrogates, which UTF-8 does not
 * encode.
 */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

const DEEPEST_NESTING = 64;

/** Where and why a JSON value cannot be stored. */
type Unstorable = {
  pointer: string;
  code: "invalid_text" | "invalid_key" | "too_deep";
  detail: string;
};

/** The first string or key of a JSON value that cannot be stored; undefined if all can. */
export function findUnstorable(value: unknown, pointer = "", depth = 0): Unstorable | undefined {
  if (typeof value === "string") return isStorable(value) ? undefined : invalidText(pointer);
  if (typeof value !== "object" || value === null) return undefined;
  if (depth === DEEPEST_NESTING) {
    return { pointer: "", code: "too_deep", detail: "The body is nested too deeply. Flatten it." };
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isStorable(key)) return invalidText(pointer);
    // JSON parsers and mergers drop this key silently.
    if (key === "__proto__") {
      return { pointer, code: "invalid_key", detail: "The key __proto__ is not allowed." };
    }
    const found = findUnstorable(member, `${pointer}/${escapePointer(key)}`, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function invalidText(pointer: string): Unstorable {
  const detail = "The text contains a NUL character or a lone surrogate.";
  return { pointer, code: "invalid_text", detail };
}

/** A key as one reference token of a JSON Pointer (RFC 6901 section 4). */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
