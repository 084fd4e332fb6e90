/** The days of a usage report. */
import { toIso } from "../../lib/clock.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 30;

type Days = { from?: string | undefined; to?: string | undefined };

/** Completes the days of a query: by default the last 30 up to today, in UTC. */
export function withDefaultDays<Query extends Days>(query: Query, now: number) {
  const to = query.to ?? dayOf(now + DAY_MS);
  return { ...query, to, from: query.from ?? dayOf(Date.parse(to) - DEFAULT_DAYS * DAY_MS) };
}

function dayOf(time: number): string {
  return toIso(new Date(time)).slice(0, 10);
}
