/** Checks the second factor of an account. */
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { logError } from "../../../lib/log.ts";
import { Problem } from "../../../lib/problem.ts";
import { recordEvent, type SecurityEvent } from "../../audit/record.ts";
import { findTimeStep } from "./one-time-code.ts";
import {
  type Check,
  countCheck,
  type SecondFactorRow,
  useRecoveryCode,
  useTimeStep,
} from "./queries.ts";
import { hashRecoveryCode } from "./recovery-codes.ts";

/** Where the wait is not known, because another check has just begun it. */
const FIRST_WAIT_SECONDS = 30;

/**
 * Accepts a code of the authenticator app or a recovery code, each once; does nothing for an account
 * without a second factor. Throws `second_factor_required` without a code, `invalid_code`, or
 * `too_many_codes`.
 */
export async function checkSecondFactor(
  deps: Deps,
  factor: SecondFactorRow | undefined,
  code: string | null | undefined,
  client: RequestClient,
): Promise<void> {
  if (!factor) return;
  if (!code) throw new Problem("second_factor_required");
  const { userId } = factor;
  const check = { id: deps.newId(), userId, now: new Date(deps.clock()) };
  await countOrRefuse(deps, check, factor);
  if (await accept(deps, factor, check, code, client)) return;
  await recordEvent(deps.db, eventOf(deps, check, "second_factor_failed", client));
  throw new Problem("invalid_code");
}

/** Counts a check. Throws `too_many_codes` where there are to be none for a while. */
export async function countOrRefuse(
  { db }: Deps,
  check: Check,
  factor: Pick<SecondFactorRow, "retryAt">,
): Promise<void> {
  if (!(await countCheck(db, check))) throw tooManyCodes(factor, check.now);
}

async function accept(
  deps: Deps,
  factor: SecondFactorRow,
  check: Check,
  code: string,
  client: RequestClient,
): Promise<boolean> {
  const codeHash = await hashRecoveryCode(check.userId, code);
  if (codeHash !== undefined) {
    const event = eventOf(deps, check, "recovery_code_used", client);
    return useRecoveryCode(deps.db, check, codeHash, event);
  }
  const secret = await deps.sealedBoxes.totpSecret.open(factor.secret, check.userId);
  // Sealed with another SECRET_KEY: only the recovery codes are left.
  if (secret === undefined) logError("second_factor_unreadable", { user_id: check.userId });
  const step = secret && (await findTimeStep(secret, withoutSpaces(code), check.now));
  return typeof step === "number" && useTimeStep(deps.db, check, { secret: factor.secret, step });
}

/** Apps show the six digits in two groups. */
function withoutSpaces(code: string): string {
  return code.replace(/\s/g, "");
}

function eventOf(
  deps: Deps,
  { userId, now }: Check,
  kind: SecurityEvent["kind"],
  client: RequestClient,
): SecurityEvent {
  return { id: deps.newId(), userId, kind, client, now };
}

function tooManyCodes({ retryAt }: Pick<SecondFactorRow, "retryAt">, now: Date): Problem {
  const waitMs = (retryAt?.getTime() ?? 0) - now.getTime();
  const seconds = waitMs > 0 ? Math.ceil(waitMs / 1000) : FIRST_WAIT_SECONDS;
  return new Problem("too_many_codes", { headers: { "retry-after": String(seconds) } });
}
