/** Assertions for what types cannot express: a failed one is a bug and becomes a 500. */

/** The value, which must exist. `what` names it in the error and must contain no user data. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`missing: ${what}`);
  return value;
}
