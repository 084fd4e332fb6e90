/** The only reader of the wall clock, and the waits that code is written with. */

/** Milliseconds since the epoch; an argument wherever code is to be pure. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** ISO 8601 UTC with milliseconds, as the wire has it, from a Date or from Postgres' own text. */
export function toIso(time: Date | string): string {
  return (time instanceof Date ? time : new Date(time)).toISOString();
}

/** Resolves after a while. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
/** Resolves once everything that has arrived by now was handled. */
export function nextTask(): Promise<void> {
  return delay(0);
}

/** The promise's value, or undefined when it takes longer than `ms`. */
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

/** The promise's value, or undefined once the signal is aborted: what comes of it then, nobody asks. */
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
