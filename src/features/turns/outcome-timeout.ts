import type { Config } from "../../env.ts";

/** For the calls to Postgres before and after the turn. */
const GRACE_MS = 60_000;

/** How long a client that does not stream waits for the outcome of a turn, in milliseconds. */
export function outcomeMs({ TURN_LIMITS }: Pick<Config, "TURN_LIMITS">): number {
  return TURN_LIMITS.total_ms + GRACE_MS;
}
