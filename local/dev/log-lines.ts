/** What the Worker logs, for the terminal of a developer: one short line per request, and what went wrong. */

/** As workerd passes it on: `message` is a JSON object where the product logs, else any text. */
export type WorkerLog = { level: string; message: string };

type Fields = Record<string, string | number | boolean | null | undefined>;

/** The event of `worker.ts`, which has the path that the product's own line leaves out. */
export const DEV_REQUEST = "dev_request";

/** Ids and times are for machines, which read `LOG=json`. */
const NOT_SHOWN = /^(?:event|level|.*_ms|.*_calls|(?:trace|span|parent_span|request)_id)$/;
const FAILED_TURNS = new Set(["failed", "interrupted", "dropped"]);

/** The line as in production; undefined for what only the terminal shows. */
export function toJsonLine({ message }: WorkerLog): string | undefined {
  return eventOf(message)?.event === DEV_REQUEST ? undefined : message;
}

/** A line for people; undefined for what goes as it should, other than requests. */
export function toReadableLine({ level, message }: WorkerLog): string | undefined {
  const fields = eventOf(message);
  if (!fields) return message;
  if (fields.event === DEV_REQUEST) return requestLine(fields);
  if (fields.event === "turn" && FAILED_TURNS.has(String(fields.outcome))) {
    return `Turn ${[fields.outcome, fields.problem].filter(Boolean).join(": ")}`;
  }
  return isFailure(level) ? failureLine(fields) : undefined;
}

/** True for what belongs on stderr. */
export function isFailure(level: string): boolean {
  return level === "error" || level === "warn";
}

function eventOf(message: string): Fields | undefined {
  if (!message.startsWith('{"event":')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function requestLine({ method, path, status, duration_ms, problem }: Fields): string {
  const line = `${method} ${path} ${status} ${duration_ms} ms`;
  return problem === undefined ? line : `${line} ${problem}`;
}

function failureLine(fields: Fields): string {
  if (fields.event === "misconfigured") return `Invalid settings: ${fields.reasons}`;
  const { stack, ...rest } = fields;
  const shown = Object.entries(rest)
    // A minute logs the counts of all its jobs; of a failed one, what failed says enough.
    .filter(([name, value]) => !NOT_SHOWN.test(name) && typeof value !== "number")
    .map(([name, value]) => ` ${name}=${value}`);
  return `Error ${fields.event}${shown.join("")}${stack ? `\n${stack}` : ""}`;
}
