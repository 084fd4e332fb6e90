/** Sort keys of rows: few moments, so that many rows share one. */

const FIRST = Date.parse("2026-01-31T12:00:00.000Z");

/** The moment of a place: a later one is further up in a list of the newest. */
export function at(place: number): string {
  return new Date(FIRST + place).toISOString();
}

/** An id that was made at the moment of a place, for lists in the order of ids. */
export function newIdAt(place: number): string {
  const time = (FIRST + place).toString(16).padStart(12, "0");
  const random = crypto.randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
