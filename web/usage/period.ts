/** Days of a usage report, in UTC. `to` is the last day itself; the API takes the day after it. */

export type Period = { from: string; to: string };

const DAY_MS = 24 * 60 * 60 * 1_000;

/** So many days up to today. */
export function lastDays(count: number, now: number): Period {
  return { from: dayOf(now - (count - 1) * DAY_MS), to: dayOf(now) };
}

/** What the API takes. */
export function toQuery({ from, to }: Period): Period {
  return { from, to: dayOf(Date.parse(to) + DAY_MS) };
}

/** Each day of the period. */
export function daysOf({ from, to }: Period): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = Math.max(0, Math.floor((last - first) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => dayOf(first + index * DAY_MS));
}

/** "2026-11-23" as "23 Nov". */
export function formatDay(day: string): string {
  return shortDay.format(new Date(day));
}

const shortDay = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
