/** The challenge of a sign-in: it says that the password was right, and waits for the second factor. */
import type { Deps } from "../../../deps.ts";
import { Problem } from "../../../lib/problem.ts";
import type { UserRow } from "../queries.ts";
import { findSecondFactor, findUserAndFactor, type SecondFactorRow } from "./queries.ts";

/**
 * Throws `second_factor_required` with a challenge if the account has a second factor. A change of the password
 * voids it.
 */
export async function requireSecondFactor(deps: Deps, user: UserRow): Promise<void> {
  if (!(await findSecondFactor(deps.db, user.id))) return;
  const { id: userId, passwordVersion } = user;
  const challenge = await deps.sealedBoxes.challenge.issue({ userId, passwordVersion });
  throw new Problem("second_factor_required", { members: { challenge } });
}

/** The account that the challenge was issued for, and its second factor. Throws `invalid_challenge`. */
export async function readChallenge(
  deps: Deps,
  challenge: string,
): Promise<{ user: UserRow; factor: SecondFactorRow | undefined }> {
  const issued = await deps.sealedBoxes.challenge.read(challenge);
  if (!issued) throw new Problem("invalid_challenge");
  const { user, factor } = await findUserAndFactor(deps.db, issued.userId);
  if (!user?.isActive || user.passwordVersion !== issued.passwordVersion) {
    throw new Problem("invalid_challenge");
  }
  return { user, factor };
}
