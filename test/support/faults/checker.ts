/** What must be true of every history, whatever faults it had. Pure. */
import { actsAreWhole } from "./checks-calls.ts";
import type { History } from "./history.ts";
import { ledgerAddsUp } from "./checks-ledger.ts";
import { rowsAreWhole } from "./checks-rows.ts";
import { promisedIsKept } from "./checks-promised.ts";
import { streamsAreWhole } from "./checks-streams.ts";

export type Check = (history: History) => string[];

const CHECKS: Record<string, Check> = {
  ...actsAreWhole,
  ...streamsAreWhole,
  ...rowsAreWhole,
  ...ledgerAddsUp,
  ...promisedIsKept,
};

/** The names of the checks. */
export const RULES = Object.keys(CHECKS);

/** All violations of a history; empty where there are none. */
export function findViolations(history: History): string[] {
  return Object.entries(CHECKS).flatMap(([rule, check]) =>
    check(history).map((violation) => `${rule}: ${violation}`),
  );
}
