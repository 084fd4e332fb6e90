/** For what the types cannot say: a broken assumption is a bug, and ends as a 500. */

/** The value, which is known to be there. `what` names it in the log, and holds no user data. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`missing: ${what}`);
  return value;
}

/** Marks a branch that the types rule out. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value of type ${typeof value}`);
}
