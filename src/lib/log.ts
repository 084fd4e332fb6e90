/** The only file that uses the console: one JSON object per line, never with user text or secrets. */
import { currentTrace } from "./trace.ts";

export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Logs an event. `event` names what happened, in snake_case. */
export function logEvent(event: string, fields: LogFields = {}): void {
  console.log(toLine(event, fields));
}

/** Logs an event that an operator should look at. */
export function logError(event: string, fields: LogFields = {}): void {
  console.error(toLine(event, fields));
}

/** The trace joins a line to the wide event of what caused it. */
function toLine(event: string, fields: LogFields): string {
  return JSON.stringify({ event, ...fields, trace_id: fields.trace_id ?? currentTrace()?.traceId });
}

/** The name of an error for the log; never its message, which may contain user data. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Where an error was thrown, frame by frame; without its message, for the same reason. */
export function framesOf({ message, stack = "" }: Error): string {
  const lines = stack.replace(message, "").split("\n");
  return lines.filter((line) => /^ {4}at /.test(line)).join("\n");
}
