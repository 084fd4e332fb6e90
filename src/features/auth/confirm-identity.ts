/** Step-up: proves again who is signed in, before a change that a stolen access token must not make. */
import type { Deps } from "../../deps.ts";
import type { Principal } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { getUser, type UserRow } from "./queries.ts";

/** What the client sends as proof. */
export type Proof = { password?: string | null | undefined };

/**
 * The account, once the proof is verified. Throws `invalid_credentials`, `too_many_password_checks`, or
 * `invalid_token` when the account was deleted. The caller's write checks that the password has not changed since.
 */
export async function confirmIdentity(
  { db, passwords }: Pick<Deps, "db" | "passwords">,
  { userId }: Pick<Principal, "userId">,
  { password }: Proof,
): Promise<UserRow> {
  const user = await getUser(db, userId);
  if (!(await passwords.verify(password ?? "", user.hashedPassword))) {
    throw new Problem("invalid_credentials");
  }
  return user;
}
