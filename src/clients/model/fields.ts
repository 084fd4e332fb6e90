/** Reads fields of untrusted JSON. Pure. */

export type Fields = Record<string, unknown>;

/** The fields of a JSON object; undefined for anything else. */
export function toFields(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

/** The value if it is a non-empty string; undefined otherwise. */
export function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
