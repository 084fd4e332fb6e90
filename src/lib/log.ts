/** The only door to the console: one JSON object a line. No user's text, no secret, ever. */

export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Writes one event. `event` is what happened, in snake_case. */
export function logEvent(event: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ event, ...fields }));
}

/** Writes an event that a person should look at. */
export function logError(event: string, fields: LogFields = {}): void {
  console.error(JSON.stringify({ event, ...fields }));
}

/** What an error may be called in the log: its kind, never its message, which may hold anything. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
