/** The only file that uses the console: one JSON object per line, never with user text or secrets. */

export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Logs an event. `event` names what happened, in snake_case. */
export function logEvent(event: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ event, ...fields }));
}

/** Logs an event that an operator should look at. */
export function logError(event: string, fields: LogFields = {}): void {
  console.error(JSON.stringify({ event, ...fields }));
}

/** The name of an error for the log; never its message, which may contain user data. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
