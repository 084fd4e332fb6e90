/** Points in time as people read them, in their own time zone. */

const instant = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** An ISO 8601 time as "23 Nov 2026, 14:05". */
export function formatInstant(time: string): string {
  return instant.format(new Date(time));
}

/** An ISO 8601 time as "23 Nov 2026". */
export function formatDate(time: string): string {
  return date.format(new Date(time));
}
