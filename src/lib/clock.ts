/** The only file that reads the wall clock; delays and timeouts. */

/** Returns milliseconds since the epoch; an argument of pure code. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** How Postgres writes a time in UTC. */
const POSTGRES_UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)\+00$/;

/** ISO 8601 UTC with milliseconds, as on the wire, from a Date or from Postgres text. */
export function toIso(time: Date | string): string {
  if (time instanceof Date) return time.toISOString();
  // V8 reads ISO 8601 several times faster than other texts.
  return new Date(time.replace(POSTGRES_UTC, "$1T$2Z")).toISOString();
}

/** Resolves after `ms` milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
/** Resolves after the pending tasks of the event loop. */
export function nextTask(): Promise<void> {
  return delay(0);
}

/** The promise's value; undefined when it takes longer than `ms` milliseconds. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The promise's value; undefined once the signal is aborted. A later result or error of the promise is
 * ignored.
 */
export async function unlessAborted<T>(
  signal: AbortSignal,
  promise: Promise<T>,
): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const abort = () => resolve(undefined);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
