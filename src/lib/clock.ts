/** The only reader of the wall clock and of the timer that ends with it. */

/** Milliseconds since the epoch; an argument wherever code is to be pure. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** ISO 8601 UTC with milliseconds, as the wire has it, from a Date or from Postgres' own text. */
export function toIso(time: Date | string): string {
  return (time instanceof Date ? time : new Date(time)).toISOString();
}
