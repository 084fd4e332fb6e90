/**
 * Step-up: proves again who is signed in, before a change that a stolen access token must not make. The
 * fields of the body are `GivenPassword` and `GivenCode`.
 */
import type { Deps } from "../../deps.ts";
import type { RequestClient } from "../../http/client.ts";
import type { Principal } from "../../lib/principal.ts";
import { invalidField, Problem, type ProblemCode } from "../../lib/problem.ts";
import type { SessionRow, UserRow } from "./queries.ts";
import { checkSecondFactor } from "./totp/check-code.ts";
import { findSignedIn } from "./totp/queries.ts";

/** What the client sends as proof. */
export type Proof = {
  password?: string | null | undefined;
  /** Of the authenticator app, or a recovery code. */
  code?: string | null | undefined;
  /** What the body calls the password; by default `password`. */
  passwordField?: string;
};

/** What a route that requires step-up may end with. */
export const stepUpProblems = [
  "validation_failed",
  "invalid_credentials",
  "too_many_password_checks",
  "second_factor_required",
  "invalid_code",
  "too_many_codes",
  "fresh_sign_in_required",
] as const satisfies ProblemCode[];

/** How recent a sign-in through the identity provider has to be. */
const FRESH_MS = 10 * 60_000;

/**
 * The account, once the proof is verified: the password (for an account without one, a fresh sign-in
 * through the identity provider) and the second factor, where it is enabled. Throws a 422 about a missing
 * password, `invalid_credentials`, `too_many_password_checks`, `fresh_sign_in_required`, what
 * `checkSecondFactor` throws, or `invalid_token` when the account was deleted or the session has ended, whose access
 * token is still valid. The caller's write checks that the password has not changed since.
 */
export async function confirmIdentity(
  deps: Deps,
  principal: Pick<Principal, "userId" | "sessionId">,
  proof: Proof,
  client: RequestClient,
): Promise<UserRow> {
  const { user, factor, session } = await findSignedIn(deps.db, principal);
  if (!user || !session) throw new Problem("invalid_token");
  if (user.hashedPassword === null || !deps.config.PASSWORD_SIGN_IN) {
    requireFreshSignIn(deps, session);
  } else {
    await checkOwnPassword(deps, user, proof);
  }
  await checkSecondFactor(deps, factor, proof.code, client);
  return user;
}

async function checkOwnPassword(
  { passwords }: Deps,
  { hashedPassword }: UserRow,
  { password, passwordField = "password" }: Proof,
): Promise<void> {
  if (typeof password !== "string") {
    const detail = `Send the password of the account as \`${passwordField}\`.`;
    throw invalidField(`/${passwordField}`, "required", detail);
  }
  if (await passwords.verify(password, hashedPassword)) return;
  throw new Problem("invalid_credentials");
}

function requireFreshSignIn({ clock }: Deps, { method, createdAt }: SessionRow): void {
  if (method === "oidc" && createdAt.getTime() >= clock() - FRESH_MS) return;
  throw new Problem("fresh_sign_in_required");
}
