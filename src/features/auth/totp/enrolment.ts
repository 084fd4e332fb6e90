/** Enables and disables the second factor of an account. */
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import type { Principal } from "../../../lib/principal.ts";
import { Problem } from "../../../lib/problem.ts";
import type { SecurityEvent } from "../../audit/record.ts";
import { confirmIdentity, type Proof } from "../confirm-identity.ts";
import { countOrRefuse } from "./check-code.ts";
import { findTimeStep, newTotpSecret, toOtpauthUrl } from "./one-time-code.ts";
import {
  confirmPending,
  deleteSecondFactor,
  findPending,
  findSecondFactor,
  insertPending,
} from "./queries.ts";
import { hashRecoveryCode, newRecoveryCodes } from "./recovery-codes.ts";

type Signed = Pick<Principal, "userId" | "sessionId">;

/** A new secret for an app; nothing asks for its codes before `confirmEnrolment`. Throws `second_factor_enabled`. */
export async function beginEnrolment(
  deps: Deps,
  principal: Signed,
  proof: Proof,
  client: RequestClient,
): Promise<{ secret: string; otpauthUrl: string }> {
  const { db, sealedBoxes, clock } = deps;
  const user = await confirmIdentity(deps, principal, proof, client);
  const secret = await newTotpSecret();
  const sealed = await sealedBoxes.totpSecret.seal(secret, user.id);
  if (!(await insertPending(db, user, sealed, new Date(clock())))) {
    const isEnabled = await findSecondFactor(db, user.id);
    throw new Problem(isEnabled ? "second_factor_enabled" : "invalid_credentials");
  }
  return { secret, otpauthUrl: await toOtpauthUrl(secret, user.email) };
}

/**
 * The recovery codes, once the app has shown its code. Throws `no_second_factor`, `invalid_code`, `too_many_codes`, or
 * `invalid_token` when the session has ended.
 */
export async function confirmEnrolment(
  deps: Deps,
  { userId, sessionId }: Signed,
  code: string,
  client: RequestClient,
): Promise<string[]> {
  const now = new Date(deps.clock());
  const { pending, session } = await findPending(deps.db, { userId, sessionId });
  if (!session) throw new Problem("invalid_token");
  const secret = pending && (await deps.sealedBoxes.totpSecret.open(pending.secret, userId));
  if (!pending || secret === undefined) throw new Problem("no_second_factor");
  await countOrRefuse(deps, { id: deps.newId(), userId, now }, pending);
  const step = await findTimeStep(secret, code.replace(/\s/g, ""), now);
  if (step === undefined) throw new Problem("invalid_code");
  const codes = newRecoveryCodes();
  const hashes = await Promise.all(codes.map((each) => hashRecoveryCode(userId, each)));
  const codeHashes = hashes.filter((hash) => hash !== undefined);
  const event = changed(deps, userId, sessionId, "second_factor_enabled", client);
  const confirmed = { userId, secret: pending.secret, step, codeHashes };
  if (!(await confirmPending(deps.db, confirmed, event))) {
    throw new Problem("no_second_factor");
  }
  return codes;
}

/** Disables the second factor, by one of its own codes. Throws `no_second_factor`, and what step-up throws. */
export async function disableSecondFactor(
  deps: Deps,
  principal: Signed,
  proof: Proof,
  client: RequestClient,
): Promise<void> {
  const { userId, sessionId } = principal;
  const user = await confirmIdentity(deps, principal, proof, client);
  const event = changed(deps, userId, sessionId, "second_factor_disabled", client);
  const { isDisabled, isSame } = await deleteSecondFactor(deps.db, user, event);
  if (!isDisabled) throw new Problem(isSame ? "no_second_factor" : "invalid_credentials");
}

function changed(
  deps: Deps,
  userId: string,
  sessionId: string,
  kind: SecurityEvent["kind"],
  client: RequestClient,
): SecurityEvent {
  return { id: deps.newId(), userId, kind, sessionId, client, now: new Date(deps.clock()) };
}
