/** Reading what somebody else wrote: nothing is where it should be until it is looked at. Pure. */

export type Fields = Record<string, unknown>;

/** The fields of a JSON object; undefined for anything else. */
export function toFields(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

/** The value itself where it is a text with something in it. */
export function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
